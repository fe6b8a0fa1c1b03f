import type { Level } from '../net/types';
import { t } from '../text/en';
import { Icon } from './Icon';
import type { IconName } from './icons';

export const LEVEL_ICON: Record<Level, IconName> = {
  anonymous: 'anonymous',
  claimed: 'claimed',
  bound: 'link',
  verified: 'shield',
};

/** How sure it is who somebody is. */
export function Badge({ level }: { level: Level }) {
  return (
    <span class={`tb ${level}`} title={t.levelBy[level]}>
      <Icon name={LEVEL_ICON[level]} size={15} />
      {t.level[level]}
    </span>
  );
}
