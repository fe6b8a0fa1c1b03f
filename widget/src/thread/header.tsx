import { useEnv } from '../panel/env';
import { Avatar, Brand, IconButton, Presence } from '../panel/parts';
import type { HeaderProps } from '../panel/talk';
import { chevronLeft } from './icons';

/** Who one talks with, and whether he is there. */
export function Header({ availability, agent, buttons, onBack }: HeaderProps) {
  const { core, config, say } = useEnv();
  const { title } = core;
  const online = availability?.online === true;
  const here = agent ? (availability?.agents ?? []).some((a) => a.name === agent.name) : online;
  const line = say(here ? 'online' : 'away');
  const more = agent ? title : here ? config.replyTime : '';
  return (
    <header class="hd">
      {onBack && <IconButton icon={chevronLeft} label={say('back')} onClick={onBack} class="back" />}
      {agent ? <Avatar who={agent} size={36} online={here} /> : <Brand name={title} />}
      <div class="who">
        <h2 id="title">{agent?.name || title || say('title')}</h2>
        {availability && (
          <p>
            <Presence online={here} /> <span>{more ? `${line} · ${more}` : line}</span>
          </p>
        )}
      </div>
      {buttons}
    </header>
  );
}
