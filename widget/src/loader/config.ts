import type { Config } from '../config';
import { persist } from './chunks';

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
  private asked = false;
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
    if (this.asked) return;
    this.asked = true;
    const url = `${this.server}/confab/widget/config?account=${encodeURIComponent(this.account)}`;
    const ask = async (): Promise<void> => this.answered(await fetch(url, { credentials: 'omit' }));
    void persist(
      ask,
      () => undefined,
      () => this.over,
    );
  }

  /** What is known may be kept by now. */
  keep(): void {
    if (this.text && this.on.keeps()) write(this.key, this.text);
  }

  end(): void {
    this.over = true;
  }

  private async answered(answer: Response): Promise<void> {
    if (this.over) return;
    if (answer.status === 404) return this.gone();
    const before = this.text;
    const taken = answer.ok && this.take(await answer.text());
    if (!taken) throw new Error('no answer');
    if (this.over) return;
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
    write(this.key, null);
    this.on.unknown();
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
