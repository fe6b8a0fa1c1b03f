import { teaserCard } from './teaser';
import css from './teaser.css';

/** What a closed widget shows beside its launcher, when there is something to show. */
export const cards = { css, teaserCard };
export type Cards = typeof cards;
