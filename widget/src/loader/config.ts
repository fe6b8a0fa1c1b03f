import type { Config } from '../config';

const firstWaitMillis = 1000;
const lastWaitMillis = 60_000;

/**
 * What the account says of its widget: as this browser remembers it, then as the node says. `changed` is told of
 * each other answer, `unknown` that there is no such account.
 */
export class ConfigSource {
  now: Config | null = null;
  /** Resolves once there is something to go by. */
  readonly known: Promise<void>;
  private tellKnown: () => void = () => undefined;
  private readonly key: string;
  private text = '';
  private waitMillis = firstWaitMillis;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private over = false;

  constructor(
    private readonly server: string,
    private readonly account: string,
    private readonly on: {
      changed: () => void;
      unknown: () => void;
      /** False while nothing may be kept in the browser. */
      keeps: () => boolean;
    },
  ) {
    this.key = `confab:config:${account}`;
    this.known = new Promise((resolve) => {
      this.tellKnown = resolve;
    });
    this.take(remembered(this.key));
  }

  /** Asks the node, now and until it answers. */
  ask(): void {
    if (this.asking || this.over) return;
    this.asking = true;
    clearTimeout(this.timer);
    const url = `${this.server}/confab/widget/config?account=${encodeURIComponent(this.account)}`;
    void fetch(url, { credentials: 'omit' }).then(
      (answer) => this.answered(answer),
      () => this.later(),
    );
  }

  /** What is known may be kept by now. */
  keep(): void {
    if (this.text && this.on.keeps()) write(this.key, this.text);
  }

  end(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private async answered(answer: Response): Promise<void> {
    if (answer.status === 404) return this.gone();
    const text = answer.ok ? await answer.text().catch(() => '') : '';
    if (this.over) return;
    const before = this.text;
    if (!this.take(text)) return this.later();
    this.keep();
    if (this.text !== before) this.on.changed();
  }

  private take(text: string): boolean {
    const config = parse(text);
    if (!config) return false;
    this.now = config;
    this.text = text;
    this.tellKnown();
    return true;
  }

  private gone(): void {
    if (this.over) return;
    write(this.key, null);
    this.on.unknown();
  }

  private later(): void {
    this.asking = false;
    if (this.over) return;
    this.timer = setTimeout(() => this.ask(), this.waitMillis * (0.5 + Math.random() / 2));
    this.waitMillis = Math.min(2 * this.waitMillis, lastWaitMillis);
  }
}

function parse(text: string): Config | null {
  try {
    const config = JSON.parse(text) as Partial<Config>;
    if (!config.account?.id) return null;
    return {
      calls: false,
      ...config,
      account: config.account,
      groups: config.groups ?? [],
      widget: config.widget ?? {},
    };
  } catch {
    return null;
  }
}

function remembered(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(key: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {}
}
