import * as limits from '../../../chat/limits.json';
import type { Page, PageFrame } from '../../../client/frames';
import { currentPage } from './pages';
import { outsideReferrer } from './place';

/** Which page the visitor is on, as the browser or the site says it, and which one the server was told. */
export class Whereabouts {
  /** Pages are told. */
  tracking = true;
  /** What the site says it shows; null: what the browser says. */
  private named: Page | null = null;
  private told = '';
  private toldAt = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (frame: PageFrame) => boolean) {}

  /** The page for `auth`, which tells it. */
  first(): Page {
    const page = { ...this.now, ...(!this.told && outsideReferrer()) };
    this.told = page.url;
    return page;
  }

  /** The site names a page of its own, or again the one of now. */
  name(page: { url?: string; title?: string }): void {
    this.named = page.url || page.title ? { ...currentPage(), ...page } : null;
    this.tell();
  }

  /** The address has changed. */
  moved(): void {
    this.named = null;
    this.viewed();
  }

  viewed(): void {
    if (this.now.url !== this.told && document.visibilityState === 'visible') this.tell();
  }

  /** He does something: the page that he is on is told again, at most once a minute; a visit ends after thirty. */
  acted(): void {
    if (Date.now() - this.toldAt > 60_000) this.tell();
  }

  private get now(): Page {
    return this.named ?? currentPage();
  }

  /** The last of several counts, and the server passes over what comes too soon after another. */
  private tell(): void {
    clearTimeout(this.later);
    if (!this.tracking) return;
    const wait = this.toldAt + limits.pageGapMillis - Date.now();
    const page = this.now;
    if (wait > 0) this.later = setTimeout(() => this.tell(), wait);
    else if (this.send({ t: 'page', ...page })) {
      this.told = page.url;
      this.toldAt = Date.now();
    }
  }
}
