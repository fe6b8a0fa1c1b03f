const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Makes the id of a message: 128 random bits in 22 characters of A-Z a-z 0-9 - _. */
export const newCMID = (): string => randomText(22);

/** Makes the token of a visitor who has none: 256 random bits in 43 such characters. Whoever first shows it is that visitor. */
export const newToken = (): string => randomText(43);

function randomText(length: number): string {
  let text = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += alphabet[byte & 63];
  return text;
}
