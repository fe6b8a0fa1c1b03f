import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

interface Kept {
  theme: Theme;
  sound: boolean;
  desktop: boolean;
  singleKeys: boolean;
  pane: boolean;
  columns: readonly string[] | null;
}

const KEY = 'confab.console.prefs';
const FIRST: Kept = { theme: 'system', sound: true, desktop: false, singleKeys: true, pane: true, columns: null };

/** What this browser's user chose. Kept in storage; a choice in one tab holds in all of them. */
export class Prefs {
  readonly theme = signal<Theme>(FIRST.theme);
  readonly sound = signal(FIRST.sound);
  /** Wished; the browser's permission stands beside it. */
  readonly desktop = signal(FIRST.desktop);
  readonly singleKeys = signal(FIRST.singleKeys);
  /** The visitor pane beside the thread, where there is room. */
  readonly pane = signal(FIRST.pane);
  /** Attributes that the table of contacts shows; null: those of the beginning. */
  readonly columns = signal<readonly string[] | null>(FIRST.columns);

  constructor(private readonly storage: Storage) {
    this.reread();
  }

  /** Takes over what another tab chose. `key`: what changed in storage; null for all of it. */
  heard(key: string | null): void {
    if (key === null || key === KEY) this.reread();
  }

  private reread(): void {
    const kept = read(this.storage);
    this.theme.value = ['light', 'dark'].includes(kept.theme) ? kept.theme : 'system';
    this.sound.value = kept.sound !== false;
    this.desktop.value = kept.desktop === true;
    this.singleKeys.value = kept.singleKeys !== false;
    this.pane.value = kept.pane !== false;
    this.columns.value = isList(kept.columns) ? kept.columns : null;
  }

  set<K extends keyof Kept>(name: K, value: Kept[K]): void {
    const wish: { value: unknown } = this[name];
    wish.value = value;
    try {
      this.storage.setItem(KEY, JSON.stringify(this.all()));
    } catch {
      // without storage the choice lasts as long as the page
    }
  }

  private all(): Kept {
    return {
      theme: this.theme.peek(),
      sound: this.sound.peek(),
      desktop: this.desktop.peek(),
      singleKeys: this.singleKeys.peek(),
      pane: this.pane.peek(),
      columns: this.columns.peek(),
    };
  }
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function read(storage: Storage): Kept {
  try {
    return { ...FIRST, ...JSON.parse(storage.getItem(KEY) ?? '{}') };
  } catch {
    return FIRST;
  }
}
