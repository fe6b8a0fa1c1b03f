const turnMillis = 1500;

/** Says in the title of a hidden page that there is news, in turns with the page's own title, which comes back as it was. */
export class TitleBlink {
  private own = '';
  private shown: string | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  start(words: string): void {
    this.stop();
    this.turn(words);
    this.timer = setInterval(() => this.turn(words), turnMillis);
  }

  stop(): void {
    clearInterval(this.timer);
    if (this.shown !== null && document.title === this.shown) document.title = this.own;
    this.shown = null;
  }

  // A title that is not ours is the page's, also if it has changed since.
  private turn(words: string): void {
    if (this.shown !== null && document.title === this.shown) {
      document.title = this.own;
      this.shown = null;
      return;
    }
    this.own = document.title;
    document.title = this.own ? `${words} – ${this.own}` : words;
    this.shown = document.title;
  }
}
