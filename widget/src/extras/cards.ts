import type { FileInfo } from '../../../client/frames';
import type { Field, Language } from '../config';
import type { Catalogue, Say } from '../text/say';
import type { Core, FormKind } from '../types';

/** What few visitors meet is a script of its own. It draws cards into elements of the panel, apart from the panel's own tree. */
export interface Extras {
  /** Draws the card, or draws it again after a change. */
  draw(element: HTMLElement, card: Card): void;
  clear(element: HTMLElement): void;
  /** Its style sheet. */
  css: string;
  /** English words that come with it. */
  words: Partial<Catalogue>;
  sendFiles(core: Core, files: Iterable<File>): void;
}

export type Card = { core: Core; say: Say } & (
  | FormCard
  | RatingCard
  | CallCard
  | ConsentCard
  | MenuCard
  | EmojiCard
  | MarkupCard
  | FileCard
  | UploadsCard
);

export interface FormCard {
  kind: 'form';
  form: FormKind;
  fields: Field[];
  /** The site's own words under the title; empty: ours. */
  text: string;
  onDone: () => void;
  onSkip?: () => void;
}

export interface RatingCard {
  kind: 'rating';
  conversation: string;
  thumbs: boolean;
  /** Null if it was not rated yet. */
  score: number | null;
  /** It may still be changed. */
  changeable: boolean;
  onSkip: () => void;
}

export interface CallCard {
  kind: 'call';
}

export interface ConsentCard {
  kind: 'consent';
  text: string;
  link: string;
}

export interface MenuCard {
  kind: 'menu';
  /** Undefined where the width cannot be changed. */
  wide: boolean | undefined;
  onWide: () => void;
  onLanguage: (language: Language) => void;
  onCall: () => void;
  close: () => void;
}

export interface FileCard {
  kind: 'file';
  file: FileInfo;
  /** Address of the node, without a path. */
  server: string;
}

export interface UploadsCard {
  kind: 'uploads';
}

export interface MarkupCard {
  kind: 'markup';
  text: string;
}

export interface EmojiCard {
  kind: 'emoji';
  onPick: (emoji: string) => void;
}
