export function titles(text: string, prefixes: string[]): { ids: string[]; what: string }[];
