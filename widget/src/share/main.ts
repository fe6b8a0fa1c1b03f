export const borrow = async (_: { server: string; account: string; domain: string }): Promise<string | null> => null;
export const lend = (_: { server: string; account: string; proof: object }): void => {};
