import type { Language } from '../config';
import type { Chunks } from '../loader/chunks';
import type { Launcher } from '../loader/launcher';
import type { Stage } from '../loader/stage';
import type { Catalogue } from '../text/say';
import type { Core, Look, Panel, View } from '../types';

export interface MountOptions {
  stage: Stage;
  chunks: Chunks;
  language: (code: Language) => Promise<Catalogue>;
  core: () => Promise<Core | null>;
  /** With all its style sheets; null: nothing is to be put there any more. */
  launcher: () => Launcher | null;
  mounted: (launcher: Launcher) => void;
  onClose: () => void;
  onView: (view: View) => void;
  failed: (what: string, error: unknown) => void;
}

/** Puts the panel beside the launcher, once somebody is about to open it. */
export class Mount {
  /** Null until then. */
  panel: Panel | null = null;
  private mounting: Promise<Panel | null> | null = null;

  constructor(private readonly options: MountOptions) {}

  /** Null if it cannot be: the next wish tries again. */
  up(): Promise<Panel | null> {
    const { core, chunks, stage, failed } = this.options;
    this.mounting ??= Promise.all([core(), chunks.panel(), stage.drawn])
      .then(([core, { mountPanel }]) => this.place(core, mountPanel))
      .catch((error) => {
        this.mounting = null;
        failed('panel', error);
        return null;
      });
    return this.mounting;
  }

  private place(core: Core | null, mountPanel: Awaited<ReturnType<Chunks['panel']>>['mountPanel']): Panel | null {
    const { stage, onClose, onView, mounted } = this.options;
    const { settings } = stage;
    const launcher = core && this.options.launcher();
    if (!launcher) return null;
    this.panel = mountPanel({
      ...this.scripts(),
      root: launcher.root,
      wear: (css) => launcher.wear(css),
      core,
      look: (): Look => ({ ...(stage.look ?? settings.look), ...stage.drag() }),
      framed: settings.look.frame != null,
      mobile: stage.mobile,
      onClose,
      onView,
    });
    mounted(launcher);
    return this.panel;
  }

  /** What the panel may load later. */
  private scripts() {
    const { chunks, language, stage } = this.options;
    return {
      server: stage.settings.server,
      language,
      extras: async () => (await chunks.extras()).extras,
      thread: async () => (await chunks.thread()).thread,
    };
  }
}
