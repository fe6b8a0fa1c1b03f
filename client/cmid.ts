const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Makes the id of a message: 128 random bits in 22 characters of A-Z a-z 0-9 - _. */
export function newCMID(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(22))) id += alphabet[byte & 63];
  return id;
}
