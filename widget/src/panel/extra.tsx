import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Card } from '../extras/cards';
import { useEnv } from './env';
import { NotLoaded, useLate } from './late';
import { Skeleton } from './parts';

/** A card of the extras. Their script is fetched when the first one is shown; `meanwhile` stands in its place until then. */
export function Extra({ card, meanwhile }: { card: Card; meanwhile?: ComponentChildren }) {
  const { extras, needExtras, shown } = useEnv();
  const place = useRef<HTMLDivElement>(null);
  const { failed, load } = useLate(extras !== null, needExtras);
  const visible = shown || place.current?.hasChildNodes();
  useLayoutEffect(() => {
    if (extras && visible && place.current) extras.draw(place.current, card);
  });
  useEffect(() => {
    const element = place.current;
    return () => {
      if (extras && element) extras.clear(element);
    };
  }, [extras]);
  return (
    <>
      <div class="extra" ref={place} />
      {!extras && (meanwhile ?? (!failed && <Skeleton />))}
      {failed && !meanwhile && <NotLoaded onRetry={load} />}
    </>
  );
}
