import { Connection } from '../../../client/connection';
import type { Talk } from '../../../client/talk';
import type { Settings } from '../types';
import { device } from './place';
import type { Visitor } from './visitor';
import type { Whereabouts } from './whereabouts';

const [authRefused, forbidden] = [4001, 4003];

/** The socket of the tab that leads, not started. `refused`: the page may not talk to the account. */
export function visitorSocket(
  { server, account }: Settings,
  who: Visitor,
  whereabouts: Whereabouts,
  talk: Talk,
  refused: () => void,
): Connection {
  const connection = new Connection({
    url: `${server.replace(/^http/, 'ws')}/ws`,
    auth: () => ({
      t: 'auth',
      account,
      visitor: { token: who.token.get(), ...who.proof },
      page: whereabouts.first(),
      device: device(),
      ...talk.position(),
    }),
  });
  connection.states.add((state) => {
    if (state !== 'stopped') return;
    if (connection.closed?.code === authRefused && who.token.drop()) connection.retryNow(); // as a new visitor
    if (connection.closed?.code === forbidden) refused();
  });
  return connection;
}
