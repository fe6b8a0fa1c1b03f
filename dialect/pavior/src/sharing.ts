import type { Options } from './commands';

// Name of the built chunk: scripts/build.mjs.
declare const SHARE_CHUNK: string;

export type ChunkLoader = (address: string) => Promise<unknown>;
type Share = typeof import('../../../widget/src/share/main');

/** The way to the logins of a site's other domains. Its script is fetched when somebody needs it. */
export function sharing(server: string, load: ChunkLoader): Pick<Options, 'borrow' | 'lend'> {
  const share = (): Promise<Share> => load(`${server}/confab/widget/${SHARE_CHUNK}`) as Promise<Share>;
  let lent = '';
  return {
    borrow: async (account, domain, renewed) => (await share()).borrow({ server, account, domain, renewed }),
    lend: (account, proof) => {
      const now = proof ? JSON.stringify([account, proof]) : '';
      if (now === lent) return;
      lent = now;
      void share().then(
        ({ lend }) => lend({ server, account, proof }),
        () => {}, // without it only other domains miss something
      );
    },
  };
}
