import type { Actor } from '../../../client/frames';
import { type Icon, linesIcon } from '../icons';
import { initials, tint } from '../people';
import { bolt } from './icons';

export function Draw({ icon, size = 20 }: { icon: Icon; size?: number }) {
  const { box, width, paths } = icon;
  return (
    <svg
      width={size}
      height={size}
      viewBox={`0 0 ${box} ${box}`}
      fill="none"
      stroke="currentColor"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {paths.map((d) => (
        <path d={d} key={d} />
      ))}
    </svg>
  );
}

interface IconButtonProps {
  icon: Icon;
  label: string;
  onClick: () => void;
  expanded?: boolean;
  class?: string;
}

export function IconButton({ icon, label, onClick, expanded, class: extra = '' }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`ib ${extra}`}
      aria-label={label}
      title={label}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <Draw icon={icon} />
    </button>
  );
}

/** Agents are round, bots square with a bolt. Initials, no pictures. `online` draws the dot. */
export function Avatar({ who, size, online = false }: { who: Actor; size: number; online?: boolean }) {
  const bot = who.kind !== 'agent';
  return (
    <span
      class={bot ? 'av bot' : 'av'}
      style={{ '--s': `${size}px`, '--t': tint(who.name || who.kind) }}
      aria-hidden="true"
    >
      {bot ? <Draw icon={bolt} size={size / 2} /> : <b>{initials(who.name ?? '')}</b>}
      {online && <Presence online size={12} />}
    </span>
  );
}

/** A full dot online, a ring away: the shape tells it without the colour. */
export function Presence({ online, size = 9 }: { online: boolean; size?: number }) {
  return (
    <svg class={online ? 'pres' : 'pres off'} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      {online ? (
        <circle cx="6" cy="6" r="5" fill="currentColor" />
      ) : (
        <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.8" />
      )}
    </svg>
  );
}

/** The mark of the site: its first letter on the leaf, or two written lines while nobody knows its name. */
export function Brand({ name }: { name: string }) {
  return (
    <span class="brand" aria-hidden="true">
      {[...initials(name)][0] ?? <Draw icon={linesIcon} size={18} />}
    </span>
  );
}

/** The shape of what is on its way; it shows after a moment only. */
export function Skeleton() {
  return (
    <div class="skel" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}
