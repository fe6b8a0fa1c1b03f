import { Sound } from './sound';
import { TitleBlink } from './title';

export interface AttentionOptions {
  /** A person did something in this tab, for the first time since he did in another. */
  onTaken: (tab: string) => void;
  leads: () => boolean;
}

/** Calls for attention in one tab of the browser: the last one where a person did something, else the one that leads. */
export class Attention {
  private readonly tab = String(Math.random()).slice(2);
  private readonly blink = new TitleBlink();
  private readonly sound = new Sound(() => this.armed());
  private takenBy = '';

  constructor(private readonly options: AttentionOptions) {}

  /** Another tab has it. */
  taken(tab: string): void {
    this.takenBy = tab;
  }

  call(words: string, aloud: boolean): void {
    if (this.takenBy ? this.takenBy !== this.tab : !this.options.leads()) return;
    if (aloud) this.sound.play();
    if (document.hidden) this.blink.start(words);
  }

  /** Nothing waits any more, or somebody looks. */
  rest(): void {
    this.blink.stop();
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
