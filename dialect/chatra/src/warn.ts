export type Warn = (message: string) => void;

/** Tells the console each message once. */
export function warnings(): Warn {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    console.warn(`Chatra: ${message}`);
  };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
