import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '../config';
import type { Icon } from '../icons';
import { phone, tick } from '../panel/icons';
import { Draw } from '../panel/parts';
import { languages } from '../text/languages';
import type { Say } from '../text/say';
import type { Core } from '../types';
import type { MenuCard } from './cards';
import { download, globe, soundOff, soundOn, spread } from './icons';
import { saveTranscript } from './transcript';

export function MenuView({ core, say, wide, onWide, onLanguage, onCall, close }: MenuCard & { core: Core; say: Say }) {
  const [choosing, choose] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus(), [choosing]);
  const then = (work: () => void) => () => {
    work();
    close();
  };
  if (choosing)
    return (
      <div ref={list}>
        {(Object.entries(languages) as [Language, string][]).map(([code, name]) => (
          <button
            type="button"
            key={code}
            lang={code}
            aria-pressed={code === say.language}
            onClick={then(() => onLanguage(code))}
          >
            {code === say.language ? <Draw icon={tick} size={18} /> : <span class="gap" />} {name}
          </button>
        ))}
      </div>
    );
  const talked = core.talk.state.entries.some(({ entry }) => entry.kind === 'message');
  return (
    <>
      <Item
        icon={core.muted ? soundOn : soundOff}
        text={say(core.muted ? 'soundOn' : 'soundOff')}
        onClick={then(() => (core.muted = !core.muted))}
      />
      {wide !== undefined && <Item icon={spread} text={say(wide ? 'narrower' : 'wider')} onClick={then(onWide)} />}
      {talked && <Item icon={download} text={say('transcript')} onClick={then(() => saveTranscript(core, say))} />}
      {core.config.calls && <Item icon={phone} text={say('menuCall')} onClick={then(onCall)} />}
      <Item icon={globe} text={say('language')} onClick={() => choose(true)} />
    </>
  );
}

function Item({ icon, text, onClick }: { icon: Icon; text: string; onClick: () => void }) {
  return (
    <button type="button" onClick={onClick}>
      <Draw icon={icon} size={18} /> {text}
    </button>
  );
}
