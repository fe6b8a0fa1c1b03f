import type { Events, Widget } from '../../../widget/src/types';

type PageState = 'label' | 'chat' | 'chat/min' | 'call' | 'chat/call' | 'offline' | 'introduce';

type News = [name: string, ...args: unknown[]];

/** Calls a function of the page if there is one by now. What it throws is its own. */
export function callPage(name: string, ...args: unknown[]): void {
  const found = (window as unknown as Record<string, unknown>)[name];
  if (typeof found !== 'function') return;
  try {
    found.apply(window, args);
  } catch (error) {
    console.error(`JivoChat: ${name}:`, error);
  }
}

/** Tells the page's functions what the widget does, from `begin` on. Calls have their own file. */
export class Callbacks {
  private state: PageState = 'label';
  private open = false;
  private begun = false;
  private resized = false;
  private readonly queue: News[] = [];

  constructor(private readonly widget: Widget) {
    widget.on('state', (state) => this.moved(state));
    widget.on('resize', () => this.onResize());
    widget.on('firstMessage', () => this.tell(['jivo_onMessageSent']));
    widget.on('agentAssigned', ({ first }) => first && this.tell(['jivo_onAccept']));
    widget.on('form', ({ kind, step }) => {
      if (step === 'submitted' && (kind === 'contacts' || kind === 'prechat')) this.tell(['jivo_onIntroduction']);
    });
  }

  /** A panel that was open before is told of as if it opened now. */
  begin(): void {
    const { opened, view, talking } = this.widget;
    this.state = talking ? 'chat/min' : 'label';
    this.begun = true;
    this.moved({ open: opened, view, conversation: talking });
  }

  private moved(now: Events['state']): void {
    if (!this.begun) return;
    const { state: before, open: wasOpen } = this;
    this.state = stateOf(now, wasOpen, before);
    this.open = now.open;
    const news: News[] = [];
    if (this.state !== before) news.push(['jivo_onChangeState', this.state]);
    if (now.open !== wasOpen) news.push([now.open ? 'jivo_onOpen' : 'jivo_onClose']);
    this.tell(...news);
  }

  /** After the state and what opened or closed, whichever order the widget has. */
  private onResize(): void {
    if (this.resized || !this.begun) return;
    this.resized = true;
    queueMicrotask(() => {
      this.resized = false;
      this.tell(['jivo_onResizeCallback']);
    });
  }

  /** In the order in which it happened, also if the page does something to the widget in the middle of it. */
  private tell(...news: News[]): void {
    if (!this.begun) return;
    this.queue.push(...news);
    for (let next = this.queue.shift(); next; next = this.queue.shift()) callPage(...next);
  }
}

function stateOf({ open, view, conversation }: Events['state'], wasOpen: boolean, before: PageState): PageState {
  if (!open) return conversation ? 'chat/min' : 'label';
  switch (view) {
    case 'call':
      if (before === 'call') return 'call';
      return wasOpen ? 'chat/call' : 'call';
    case 'offline':
      return 'offline';
    case 'form':
      return 'introduce';
  }
  return 'chat';
}
