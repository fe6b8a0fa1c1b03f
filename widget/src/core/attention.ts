import type * as signals from '../signals/main';
import { Sound } from './sound';
import type { Tabs } from './tabs';

export type LoadSignals = () => Promise<typeof signals>;

/** Calls for attention in one tab of the browser: the last one where a person did something, else the one that leads. */
export class Attention {
  private readonly tab = String(Math.random()).slice(2);
  private blink: signals.TitleBlink | undefined;
  private waiting = false;
  private readonly sound = new Sound(() => this.armed());
  private takenBy = '';

  constructor(
    private readonly tabs: Pick<Tabs, 'leads' | 'sayToAll' | 'words'>,
    private readonly signals: LoadSignals,
  ) {
    tabs.words.add((word) => {
      if (word.k === 'armed') this.takenBy = word.tab;
    });
  }

  call(words: string, aloud: boolean): void {
    if (this.takenBy ? this.takenBy !== this.tab : !this.tabs.leads) return;
    this.waiting = true;
    const arrived = ({ ring, TitleBlink }: typeof signals): void => {
      if (!this.waiting) return;
      if (aloud) this.sound.play(ring);
      this.blink ??= new TitleBlink();
      if (document.hidden) this.blink.start(words);
    };
    this.signals().then(arrived, () => undefined); // not loaded: the next message asks again
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

  /** A person does something in this tab: the first time since he did in another counts. */
  private armed(): void {
    if (this.takenBy !== this.tab) this.tabs.sayToAll({ k: 'armed', tab: this.tab });
  }
}
