import type { Conversation } from '../net/types';
import { t } from '../text/en';

/** What a visitor is called; those without any name are "Visitor". */
export const nameOf = (c: Pick<Conversation, 'visitorName'>): string => c.visitorName || t.guest;
