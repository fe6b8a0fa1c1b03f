import type { Proof } from '../../client/frames';

/** Whether a proof claims more than another one. */
export const stronger = (proof: Proof, than: Proof): boolean => strengthOf(proof) > strengthOf(than);

const strengthOf = ({ clientId, jwt, hmac, id, email, token, ticket }: Proof & { ticket?: string }): number =>
  clientId || jwt || ticket || (hmac && (id || email)) ? 2 : id || email || token ? 1 : 0;
