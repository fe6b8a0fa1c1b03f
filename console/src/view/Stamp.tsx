import { fullTime, iso, timeOf } from '../text/format';

/** A moment as text; the exact one on hover. */
export function Stamp({ at, text }: { at: number; text?: string }) {
  return (
    <time dateTime={iso(at)} title={fullTime(at)}>
      {text ?? timeOf(at)}
    </time>
  );
}
