import { panelText as words } from '../text/en';
import type { Core } from '../types';
import { dots, soundOff, soundOn } from './icons';
import { Draw } from './parts';
import { Popover } from './popover';

export function Menu({ core }: { core: Core }) {
  const toggle = (close: () => void): void => {
    core.muted = !core.muted;
    close();
  };
  return (
    <Popover icon={dots} label={words.more} class="menu">
      {(close) => (
        <button type="button" onClick={() => toggle(close)}>
          <Draw icon={core.muted ? soundOn : soundOff} size={18} /> {core.muted ? words.soundOn : words.soundOff}
        </button>
      )}
    </Popover>
  );
}
