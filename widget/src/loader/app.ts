import { toNewMessage } from '../message';
import type { Core, MountPanel, NewMessage, Panel, Settings, StartCore } from '../types';
import { call, type PageEvents } from './events';
import { Launcher } from './launcher';

/** Where the two chunks come from. `scripts/build.mjs` gives their names. */
export interface Chunks {
  core: () => Promise<{ startCore: StartCore }>;
  panel: () => Promise<{ mountPanel: MountPanel }>;
}

/** The widget on this page from `init` to `shutdown`: the launcher at once, the core when idle, the panel on approach. */
export class App {
  readonly launcher: Launcher;
  private core: Core | null = null;
  private panel: Panel | null = null;
  private starting: Promise<Core | null> | null = null;
  private mounting: Promise<Panel | null> | null = null;
  private opened = false;
  private over = false;

  constructor(
    readonly settings: Settings,
    private readonly events: PageEvents,
    private readonly chunks: Chunks,
    private readonly warn: (message: string) => void,
  ) {
    const toggle = (): void => (this.opened ? this.close() : this.open(true));
    this.launcher = new Launcher(settings, { toggle, open: () => this.open(true), approach: () => void this.mount() });
    whenIdle(() => void this.start());
    if (remembered(settings).open) this.open(false);
  }

  /** Opens the panel; it appears when its script is here. `focus`: a person asked for it. */
  open(focus = false): void {
    if (this.opened || this.over) return;
    this.opened = true;
    this.launcher.setShown(true);
    this.launcher.setOpen(true);
    remember(this.settings, true);
    void this.mount().then((panel) => {
      if (!panel) return this.close();
      if (!this.opened) return;
      panel.open(focus);
      this.core?.setOpen(true);
      this.events.emit('open', undefined);
    });
  }

  close(): void {
    if (!this.opened) return;
    this.opened = false;
    remember(this.settings, false);
    this.launcher.setOpen(false);
    const inside = this.launcher.root.activeElement !== null;
    this.panel?.close();
    this.core?.setOpen(false);
    if (inside) this.launcher.focus();
    if (this.panel) this.events.emit('close', undefined);
  }

  toggle(): void {
    if (this.opened) this.close();
    else this.open();
  }

  show(): void {
    this.launcher.setShown(true);
  }

  hide(): void {
    this.close();
    this.launcher.setShown(false);
  }

  send(text: string, auto: boolean): void {
    void this.start().then((core) => core?.send(text, auto));
  }

  identify(identity: Settings['identity']): void {
    this.settings.identity = identity;
    this.core?.identify(identity);
  }

  /** Takes the widget off the page. `forget`: log-out, nothing of the visitor stays in this browser. */
  async end(forget: boolean): Promise<void> {
    if (this.over) return;
    this.over = true;
    if (forget) remember(this.settings, false);
    this.panel?.remove();
    this.launcher.remove();
    const core = forget ? await this.start() : this.core;
    if (forget) await core?.forget();
    else core?.stop();
  }

  private start(): Promise<Core | null> {
    this.starting ??= this.chunks
      .core()
      .then(({ startCore }) => this.run(startCore))
      .catch((error) => this.failed('core', error));
    return this.starting;
  }

  private run(startCore: StartCore): Core {
    const core = startCore({
      settings: this.settings,
      emit: this.events.emit,
      onAttention: (news) => this.attention(toNewMessage(news)),
      onForgotten: () => void this.end(false),
    });
    this.core = core;
    core.watch(() => this.launcher.setUnread(this.opened ? 0 : core.unread));
    this.launcher.setUnread(core.unread);
    this.announceMessages(core);
    this.events.emit('ready', undefined);
    return core;
  }

  private announceMessages(core: Core): void {
    core.talk.news.add((news) => {
      if (news.entry.kind !== 'message') return;
      const message = toNewMessage(news);
      if (this.settings.onNewMessage) call(this.settings.onNewMessage, message);
      this.events.emit('message', message);
    });
  }

  private attention(message: NewMessage): void {
    if (!this.opened) this.launcher.showTeaser(message);
  }

  private mount(): Promise<Panel | null> {
    this.mounting ??= Promise.all([this.start(), this.chunks.panel()])
      .then(([core, { mountPanel }]) => this.place(core, mountPanel))
      .catch((error) => this.failed('panel', error));
    return this.mounting;
  }

  private place(core: Core | null, mountPanel: MountPanel): Panel | null {
    if (!core || this.over) return null;
    const { settings } = this;
    this.panel = mountPanel({ root: this.launcher.root, core, settings, onClose: () => this.close() });
    return this.panel;
  }

  /** The next wish tries to load it again. */
  private failed(what: 'core' | 'panel', error: unknown): null {
    if (what === 'core') this.starting = null;
    this.mounting = null;
    this.warn(`${what} does not start: ${String(error)}`);
    return null;
  }
}

function whenIdle(work: () => void): void {
  const idle = (): void => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: 3000 });
    else setTimeout(work, 200);
  };
  if (document.readyState === 'complete') idle();
  else addEventListener('load', idle, { once: true });
}

const openKey = ({ accountId }: Settings): string => `confab:${accountId}:open`;

function remember(settings: Settings, open: boolean): void {
  try {
    if (open) sessionStorage.setItem(openKey(settings), '1');
    else sessionStorage.removeItem(openKey(settings));
  } catch {}
}

function remembered(settings: Settings): { open: boolean } {
  try {
    return { open: innerWidth > 600 && sessionStorage.getItem(openKey(settings)) === '1' };
  } catch {
    return { open: false };
  }
}
