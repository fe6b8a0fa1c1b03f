import type { Language } from '../config';
import { type CoreParts, coreWith } from '../core/start';
import type { LaterChunks, Load } from '../loader/chunks';

// Names of the built chunks: scripts/build.mjs. A chunk that no source exists for has an empty name.
declare const PANEL_CHUNK: string;
declare const CARDS_CHUNK: string;
declare const RULES_CHUNK: string;
declare const FEEDBACK_CHUNK: string;
declare const SIGNALS_CHUNK: string;
declare const LEASE_CHUNK: string;
declare const OUTBOX_CHUNK: string;
declare const EXTRAS_CHUNK: string;
declare const THREAD_CHUNK: string;
declare const TEXT_CHUNKS: Partial<Record<Language, string>>;

/** The core comes with the app. */
export function laterChunks(load: Load, consent: CoreParts['consent']): LaterChunks {
  // The panel's chunks import what they share from beside them. What a browser remembers as not loaded is asked for in
  // another folder, all of it; what comes later comes from there too, to share the same modules.
  let [folder, tries] = ['', 0];
  const panel = async <T>(): Promise<T> => {
    try {
      return await load(folder + PANEL_CHUNK);
    } catch (error) {
      folder = `${++tries}/`;
      throw error;
    }
  };
  return {
    core: async () => ({
      startCore: coreWith({
        signals: () => load(SIGNALS_CHUNK),
        lease: () => load(LEASE_CHUNK),
        outbox: () => load(OUTBOX_CHUNK),
        consent,
      }),
    }),
    panel: () => panel(),
    cards: () => load(CARDS_CHUNK),
    rules: () => load(RULES_CHUNK),
    feedback: () => load(FEEDBACK_CHUNK),
    text: (language) => load(TEXT_CHUNKS[language] ?? ''),
    extras: () => load(folder + EXTRAS_CHUNK),
    thread: () => load(folder + THREAD_CHUNK),
  };
}
