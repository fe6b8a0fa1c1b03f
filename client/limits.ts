import raw from '../chat/limits.json' with { type: 'json' };

/** Limits in force, each in the unit its name ends in. The server reads the same file. */
export const limits: Readonly<typeof raw> = raw;
