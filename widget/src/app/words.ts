import type { Language } from '../config';
import { type CardWords, enCards } from '../text/en_cards';
import type { Catalogue } from '../text/say';

/** What the app says, in the language of the look; in English until the words of another are loaded. */
export class Words {
  private readonly catalogues = new Map<Language, Promise<unknown>>();
  private readonly known: Partial<Record<Language, CardWords>> = { en: enCards };

  constructor(
    private readonly load: (language: Language) => Promise<Catalogue>,
    private readonly changed: () => void,
  ) {}

  in(language: Language, strings: Record<string, string>): CardWords {
    const words = { ...(this.known[language] ?? enCards) };
    for (const name of Object.keys(words) as (keyof CardWords)[]) words[name] = strings[name] ?? words[name];
    return words;
  }

  /** Resolves also if the words cannot be had; they are asked for again then. */
  async learn(language: Language): Promise<void> {
    if (this.known[language]) return;
    const loading = this.catalogues.get(language) ?? this.fetch(language);
    this.catalogues.set(language, loading);
    await loading;
  }

  private async fetch(language: Language): Promise<void> {
    try {
      this.known[language] = (await this.load(language)) as CardWords;
      this.changed();
    } catch {
      this.catalogues.delete(language);
    }
  }
}
