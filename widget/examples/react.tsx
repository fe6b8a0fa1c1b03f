import { type Confab, load } from '@confab/loader';
import { useEffect, useRef, useState } from 'react';

interface Person {
  id: string;
  hmac: string;
  name: string;
}

/** The widget for as long as this component lives, for whoever is logged in. */
export function Chat({ person }: { person: Person | null }) {
  const confab = useRef<Confab | null>(null);
  const [unread, setUnread] = useState(0);

  useEffect(() => {
    const run = load({ host: 'https://chat.example.com', accountId: 'acme' });
    const count = (now: { count: number }) => setUnread(now.count);
    run('on', 'unread', count);
    confab.current = run;
    return () => {
      run('off', 'unread', count);
      run('hide');
    };
  }, []);

  useEffect(() => {
    confab.current?.('update', person ?? { id: null });
  }, [person?.id]);

  return (
    <button type="button" onClick={() => confab.current?.('open', { focus: true })}>
      Messages {unread > 0 && <b>{unread}</b>}
    </button>
  );
}
