import type { Teased } from '../cards/teaser';
import type { Chunks, Persist } from '../loader/chunks';
import type { Launcher } from '../loader/launcher';
import type { Stage } from '../loader/stage';
import type { CardWords } from '../text/en_cards';

/** The card beside the launcher, one at a time. What draws it is loaded with the first one. */
export class Card {
  private wanted: object | null = null;
  private styled = false;

  constructor(
    private readonly chunks: Pick<Chunks, 'cards'>,
    private readonly stage: Pick<Stage, 'launcher'>,
    private readonly worn: () => Launcher | null,
    private readonly words: () => Promise<CardWords>,
    private readonly failed: (what: string, error: unknown) => void,
    private readonly persist: Persist,
  ) {}

  /** In the place of the one before. */
  show(what: Teased, act: { open: () => void; dismiss: () => void }): void {
    const wanted = {};
    this.wanted = wanted;
    const load = () => Promise.all([this.chunks.cards(), this.words()]);
    void this.persist(
      load,
      (error) => this.failed('cards', error),
      () => this.wanted !== wanted,
    ).then((loaded) => {
      const launcher = loaded && this.wanted === wanted ? this.worn() : null;
      if (!loaded || !launcher) return;
      const [{ cards }, words] = loaded;
      if (!this.styled) launcher.wear(cards.css);
      this.styled = true;
      launcher.setCard(cards.teaserCard(what, words, act));
    });
  }

  clear(): void {
    this.wanted = null;
    this.stage.launcher?.setCard(null);
  }
}
