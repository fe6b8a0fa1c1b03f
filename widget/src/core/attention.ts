import type * as signals from '../signals/main';
import { Sound } from './sound';

export type LoadSignals = () => Promise<typeof signals>;

export interface AttentionOptions {
  /** A person did something in this tab, for the first time since he did in another. */
  onTaken: (tab: string) => void;
  leads: () => boolean;
  signals: LoadSignals;
}

/** Calls for attention in one tab of the browser: the last one where a person did something, else the one that leads. */
export class Attention {
  private readonly tab = String(Math.random()).slice(2);
  private blink: signals.TitleBlink | undefined;
  private waiting = false;
  private readonly sound = new Sound(() => this.armed());
  private takenBy = '';

  constructor(private readonly options: AttentionOptions) {}

  /** Another tab has it. */
  taken(tab: string): void {
    this.takenBy = tab;
  }

  call(words: string, aloud: boolean): void {
    if (this.takenBy ? this.takenBy !== this.tab : !this.options.leads()) return;
    this.waiting = true;
    const arrived = ({ ring, TitleBlink }: typeof signals): void => {
      if (!this.waiting) return;
      if (aloud) this.sound.play(ring);
      this.blink ??= new TitleBlink();
      if (document.hidden) this.blink.start(words);
    };
    this.options.signals().then(arrived, () => undefined); // not loaded: the next message asks again
  }

  /** Nothing waits any more, or somebody looks. */
  rest(): void {
    this.waiting = false;
    this.blink?.stop();
  }

  end(): void {
    this.sound.end();
    this.rest();
  }

  private armed(): void {
    if (this.takenBy === this.tab) return;
    this.takenBy = this.tab;
    this.options.onTaken(this.tab);
  }
}
