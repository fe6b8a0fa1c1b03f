/** Null where the browser refuses it. */
export function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
