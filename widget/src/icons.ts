/** Icons as paths; drawn in their own box, with the line of the text around them. */
export interface Icon {
  box: number;
  width: number;
  paths: readonly string[];
}

export const line = (...paths: string[]): Icon => ({ box: 20, width: 1.5, paths });

export const linesIcon: Icon = { box: 26, width: 2.6, paths: ['M6 10.2h14M6 16.2h8.5'] };
export const chevronDown = line('m5 7.5 5 5 5-5');
export const cross = line('m5 5 10 10M15 5 5 15');
