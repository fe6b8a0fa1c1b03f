import * as limits from '../../../chat/limits.json';
import { addSheet } from '../loader/sheet';
import type { Stage } from '../loader/stage';
import type { Core, Fault } from '../types';
import css from './feedback.css';
import { type FeedbackWords, wordsOf } from './words';

export interface FeedbackOptions {
  root: ShadowRoot;
  send: (text: string) => Promise<Fault | null>;
  words: { language: string; strings: Record<string, string> };
  onClose: () => void;
}

const dressed = new WeakSet<ShadowRoot>();

/** Opens the box that asks what is not right on this page. If it is open already, the keyboard goes to it. */
export function openFeedback(options: FeedbackOptions): void {
  const open = options.root.querySelector<HTMLElement>('.feedback');
  if (open) return (open.querySelector('textarea') ?? open.querySelector('button'))?.focus();
  if (!dressed.has(options.root)) addSheet(options.root, css);
  dressed.add(options.root);
  new Box(options).open();
}

/** Beside the launcher, if there is one. */
export function openFeedbackOn(
  { launcher, look }: Pick<Stage, 'launcher' | 'look'>,
  core: Pick<Core, 'feedback'>,
): void {
  if (!launcher || !look) return;
  openFeedback({ root: launcher.root, send: (text) => core.feedback(text), words: look, onClose: () => undefined });
}

class Box {
  private readonly words: FeedbackWords;
  private readonly box = element('div', 'feedback');
  private readonly title = element('h2');
  private readonly text = element('textarea');
  private readonly failed = element('p', 'failed');
  private readonly sendButton = element('button', 'send');
  private readonly cancelButton = element('button');
  private readonly before: HTMLElement | null;
  private sending = false;

  constructor(private readonly options: FeedbackOptions) {
    const words = wordsOf(options.words);
    this.words = words;
    this.before = focused(options.root);
    this.title.textContent = words.feedbackTitle;
    this.title.id = 'feedback-title';
    this.failed.setAttribute('role', 'alert');
    this.failed.id = 'feedback-failed';
    this.sendButton.textContent = words.feedbackSend;
    this.cancelButton.textContent = words.feedbackCancel;
    this.text.maxLength = limits.textRunes;
    this.text.rows = 4;
    this.build();
    this.listen();
    this.draw();
  }

  open(): void {
    this.options.root.append(this.box);
    this.text.focus();
  }

  private build(): void {
    this.box.setAttribute('role', 'dialog');
    this.box.setAttribute('aria-labelledby', this.title.id);
    const label = element('label');
    label.append(this.words.feedbackLabel, this.text);
    this.box.append(this.title, label, this.failed, this.row(this.cancelButton, this.sendButton));
  }

  private row(...buttons: HTMLElement[]): HTMLElement {
    const row = element('div', 'row');
    row.append(...buttons);
    return row;
  }

  private listen(): void {
    this.text.addEventListener('input', () => this.draw());
    this.sendButton.addEventListener('click', () => void this.send());
    this.cancelButton.addEventListener('click', () => this.close());
    this.box.addEventListener('keydown', (event) => this.key(event));
  }

  /** Keys of the box are no shortcuts of the page. */
  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape' && !event.isComposing) this.close();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.send();
  }

  private draw(problem = ''): void {
    const ready = !this.sending && this.text.value.trim() !== '';
    this.sendButton.setAttribute('aria-disabled', String(!ready));
    this.text.readOnly = this.sending;
    this.failed.textContent = problem;
    this.failed.hidden = !problem;
    if (problem) this.text.setAttribute('aria-describedby', this.failed.id);
    else this.text.removeAttribute('aria-describedby');
  }

  private async send(): Promise<void> {
    const text = this.text.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    this.draw();
    const fault = await this.options.send(text).catch((): Fault => ({ code: 'unavailable', message: '' }));
    this.sending = false;
    if (!this.box.isConnected) return;
    if (!fault) return this.thank();
    this.sendButton.textContent = this.words.feedbackRetry;
    this.draw(this.words.feedbackFailed);
  }

  private thank(): void {
    const line = element('p');
    line.setAttribute('role', 'status');
    this.cancelButton.textContent = this.words.feedbackClose;
    this.box.replaceChildren(this.title, line, this.row(this.cancelButton));
    line.textContent = this.words.feedbackThanks; // after it is there, so that it is read out
    this.cancelButton.focus();
  }

  private close(): void {
    if (!this.box.isConnected) return;
    const inside = this.box.contains(this.options.root.activeElement);
    this.box.remove();
    if (inside && this.before?.isConnected) this.before.focus();
    this.options.onClose();
  }
}

function focused(root: ShadowRoot): HTMLElement | null {
  const active = root.activeElement ?? document.activeElement;
  return active instanceof HTMLElement && active !== document.body ? active : null;
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (made instanceof HTMLButtonElement) made.type = 'button';
  return made;
}
