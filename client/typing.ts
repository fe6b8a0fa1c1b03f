import * as limits from '../chat/limits.json';
import type { Actor, TypingFrame } from './frames';
import { actorKey } from './frames';

/** Says that a person types, at most every `limits.typingGapMillis`, and once that it stopped. */
export class TypingSender {
  private lastAt = 0;
  private on = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `preview` is sent along, cut to `limits.typingPreviewRunes`; agents pass none. */
  constructor(private readonly tell: (on: boolean, preview?: string) => void) {}

  /** The text of the box as it is now. Empty text stops. */
  typed(text: string, withPreview = false): void {
    clearTimeout(this.timer);
    if (!text.trim()) return this.stop();
    const wait = this.lastAt + limits.typingGapMillis - Date.now();
    if (wait > 0) this.timer = setTimeout(() => this.say(text, withPreview), wait);
    else this.say(text, withPreview);
  }

  /** Nobody types any more: the text was sent, deleted or left. */
  stop(): void {
    clearTimeout(this.timer);
    if (!this.on) return;
    this.on = false;
    this.lastAt = 0;
    this.tell(false);
  }

  // A receiver forgets typing after typingShownMillis, so silence needs no word of its own.
  private say(text: string, withPreview: boolean): void {
    this.lastAt = Date.now();
    this.on = true;
    if (!withPreview) return this.tell(true);
    this.tell(true, [...text].slice(0, limits.typingPreviewRunes).join(''));
  }
}

export interface Typist {
  who: Actor;
  /** What a visitor has written and not sent; only agents receive it. */
  text: string;
}

/** Who types in one thread now. Each is forgotten `limits.typingShownMillis` after the last word from him. */
export class TypingReceiver {
  private readonly people = new Map<string, { typist: Typist; timer: ReturnType<typeof setTimeout> }>();

  constructor(private readonly changed: (typists: Typist[]) => void) {}

  heard({ who, on, text }: TypingFrame): void {
    if (!who) return;
    const key = actorKey(who);
    clearTimeout(this.people.get(key)?.timer);
    if (!on) return this.forget(key);
    const timer = setTimeout(() => this.forget(key), limits.typingShownMillis);
    this.people.set(key, { typist: { who, text: text ?? '' }, timer });
    this.changed(this.list());
  }

  /** A message of that person is here, or the connection is gone. Without `who`: everybody. */
  clear(who?: Actor): void {
    for (const key of who ? [actorKey(who)] : [...this.people.keys()]) this.forget(key);
  }

  list(): Typist[] {
    return [...this.people.values()].map((p) => p.typist);
  }

  private forget(key: string): void {
    const known = this.people.get(key);
    if (!known) return;
    clearTimeout(known.timer);
    this.people.delete(key);
    this.changed(this.list());
  }
}
