import { useEffect, useState } from 'preact/hooks';
import type { Availability } from '../../../client/frames';
import type { BotScenario } from '../config';
import type { Core } from '../types';

type Option = BotScenario['options'][number];

/** A first word of the site, while nothing was said yet. It and its answer are shown here only. */
export interface Bot {
  text: string;
  /** Empty once one was picked, or the visitor wrote. */
  options: Option[];
  /** What the visitor picked. */
  picked: Option | null;
  pick: (option: Option) => void;
}

export function useBot(core: Core, availability: Availability | null, onScreen: boolean): Bot | null {
  const [shown, show] = useState<BotScenario | null>(null);
  const [picked, setPicked] = useState<Option | null>(null);
  const { state } = core.talk;
  const silent = state.entries.every(({ entry }) => entry.kind !== 'message') && core.talk.pending().length === 0;
  const scenario = availability ? core.config.widget.bot?.[availability.online ? 'online' : 'offline'] : undefined;
  const now = silent && state.begun && scenario ? scenario : null;
  useEffect(() => {
    if (now && now !== shown) show(now);
  }, [now]);
  useEffect(() => {
    if (shown && onScreen) core.emit('bot', { step: 'shown' });
  }, [shown, onScreen]);
  if (!shown) return null;
  const pick = (option: Option): void => {
    setPicked(option);
    core.emit('bot', { step: 'started' });
    core.emit('bot', { step: 'option', option: option.text });
    core.send(option.text);
  };
  return { text: shown.text, options: silent ? shown.options : [], picked, pick };
}
