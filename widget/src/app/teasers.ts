import type { NumberedEntry } from '../../../client/frames';
import type { Teased } from '../cards/teaser';
import type { Rule } from '../config';
import type { Stage } from '../loader/stage';
import { toNewMessage } from '../message';
import type { Core, NewMessage, View } from '../types';
import type { App } from './app';
import type { Card } from './card';
import type { Invitation, Invitations } from './invitations';

/** What is shown beside the launcher while the panel is closed: messages, and invitations to write one. */
export class Teasers {
  private reminded = false;

  constructor(
    private readonly app: Pick<App, 'core' | 'ready' | 'opened' | 'open'>,
    private readonly stage: Stage,
    private readonly card: Card,
    private readonly invitations: Invitations,
  ) {}

  message(message: NewMessage): void {
    if (this.app.opened) return;
    const { text, file, author, type, id } = message;
    this.tease({ text: text || (file?.name ?? ''), name: author.name, agent: type === 'agent' }, {}, () =>
      this.stage.kept?.set('dismissed', id),
    );
  }

  /** What was unread on the page before is shown again, once it is loaded, unless it was dismissed. */
  remind(core: Core): void {
    if (this.reminded) return;
    this.reminded = true;
    if (!core.unread || this.app.opened || this.invitations.waiting) return;
    const last = core.talk.state.entries.findLast(isFromOthers);
    if (last && last.entry.eid !== this.stage.kept?.get('dismissed')) this.message(toNewMessage(last));
  }

  /** False if it is not the moment for it. `open`: in the opened panel, else as a card. */
  invite(text: string, group?: string, { open = false, rule }: { open?: boolean; rule?: string } = {}): boolean {
    if (!this.app.core?.availability?.online) return false;
    const invitation = { text, ...(group !== undefined && { group }), ...(rule !== undefined && { rule }) };
    return this.show(invitation, open);
  }

  inviteBy({ id, invite }: Rule): boolean {
    return this.show({ ...invite, rule: id }, false);
  }

  private show(invitation: Invitation, open: boolean): boolean {
    const { app, stage, invitations } = this;
    const { core, ready } = app;
    if (!core || !ready || core.conversation !== null || !invitation.text.trim() || !stage.appears) return false;
    if (!open && (app.opened || !stage.launcher?.shown)) return false;
    invitations.show(invitation);
    if (open && app.opened) invitations.say(core);
    else if (open) app.open({ view: 'chat' });
    else this.tease({ text: invitation.text, name: '', agent: true }, { view: 'chat' }, () => invitations.reject());
    return true;
  }

  private tease(what: Teased, opening: { view?: View }, dismissed: () => void): void {
    this.card.show(what, {
      open: () => void this.app.open({ focus: true, ...opening }),
      dismiss: () => {
        this.card.clear();
        dismissed();
      },
    });
  }
}

const isFromOthers = ({ entry }: NumberedEntry): boolean => entry.kind === 'message' && entry.author.kind !== 'visitor';
