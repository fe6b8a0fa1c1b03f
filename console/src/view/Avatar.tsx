import { initials, tintOf } from '../../../client/people';
import type { Status } from '../net/types';
import { Icon } from './Icon';
import { Presence } from './Presence';

export interface AvatarProps {
  kind: 'visitor' | 'agent' | 'bot';
  /** Gives those without a name of their own a tint. */
  id: string;
  name: string;
  /** Pixels, one of those that the styles know. */
  size: 24 | 26 | 28 | 30 | 32 | 36 | 40 | 44;
  /** Its dot says it beside a name only; the word stands elsewhere on the screen. */
  status?: Status | undefined;
}

/** Agents are round, visitors softly square, bots square with a bolt; '?' without a name. The name stands beside it. */
export function Avatar({ kind, id, name, size, status }: AvatarProps) {
  return (
    <span class={`av ${kind} s${size} ${kind === 'bot' ? '' : `tint-${tintOf(name || id)}`}`}>
      <b aria-hidden="true">{kind === 'bot' ? <Icon name="bot" size={size * 0.6} /> : initials(name) || '?'}</b>
      {status && <Presence status={status} size={size > 40 ? 12 : 10} named />}
    </span>
  );
}
