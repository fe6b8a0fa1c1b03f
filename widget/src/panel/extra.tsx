import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Card } from '../extras/cards';
import { useEnv } from './env';
import { alert } from './icons';
import { Draw, Skeleton } from './parts';

/** A card of the extras. Their script is fetched when the first one is shown; `meanwhile` stands in its place until then. */
export function Extra({ card, meanwhile }: { card: Card; meanwhile?: ComponentChildren }) {
  const { extras, needExtras, shown, say } = useEnv();
  const place = useRef<HTMLDivElement>(null);
  const [failed, fail] = useState(false);
  const load = (): void => {
    fail(false);
    needExtras().catch(() => fail(true));
  };
  useEffect(() => {
    if (shown && !extras) load();
  }, [shown]);
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
      {failed && !meanwhile && (
        <p class="sys failed" role="alert">
          <Draw icon={alert} size={16} /> {say('notLoaded')}{' '}
          <button type="button" onClick={load}>
            {say('retry')}
          </button>
        </p>
      )}
    </>
  );
}
