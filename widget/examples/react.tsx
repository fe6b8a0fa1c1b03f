import { type ConfabEvents, load } from '@confab/loader';
import { useEffect, useState } from 'react';

// Once for the whole app. On a server it does nothing.
const confab = load({ host: 'https://chat.example.com' });
// Begun once as well: what comes later changes the chat, and leaves it open.
let begun = false;

interface Person {
  id: string;
  /** HMAC-SHA-256 of the id, in hex, under the account's server key. Your server makes it. */
  hmac: string;
  name: string;
}

/** The chat for as long as this is on the page, with whoever is logged in; null is nobody. Show it once that is known. */
export function Chat({ person }: { person: Person | null }) {
  const { id = null, hmac = null, name = null } = person ?? {};
  useEffect(() => {
    if (begun) confab('update', { id, hmac, name });
    else confab('init', { accountId: 'acme', id, hmac, name });
    begun = true;
  }, [id, hmac, name]);

  useEffect(() => {
    confab('show');
    return () => confab('hide');
  }, []);

  const [unread, setUnread] = useState(0);
  useEffect(() => {
    const listener = ({ count }: ConfabEvents['unread']) => setUnread(count);
    confab('on', 'unread', listener);
    return () => confab('off', 'unread', listener);
  }, []);

  return (
    <button type="button" onClick={() => confab('open', { focus: true })}>
      Messages {unread > 0 && <b>{unread}</b>}
    </button>
  );
}
