/** Why a request did not do what was asked. `code` is one of the protocol's codes, or `offline` if no answer came. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly status: number,
    readonly afterSeconds = 0,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'Problem';
  }
}

/** Reads `application/problem+json`; an answer in any other form is `internal`. */
export async function problemOf(response: Response): Promise<Problem> {
  const after = Number(response.headers.get('Retry-After')) || 0;
  const body = await response.json().catch(() => null);
  const code = typeof body?.code === 'string' ? body.code : 'internal';
  const detail = typeof body?.detail === 'string' ? body.detail : typeof body?.title === 'string' ? body.title : '';
  return new Problem(code, detail, response.status, after);
}

export const offline = () => new Problem('offline', '', 0);
