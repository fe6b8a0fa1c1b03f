import type { MenuCard } from '../extras/cards';
import { useEnv } from './env';
import { Extra } from './extra';
import { dots } from './icons';
import { Popover } from './popover';

export function Menu(props: Omit<MenuCard, 'kind' | 'close'>) {
  const { core, say } = useEnv();
  return (
    <Popover icon={dots} label={say('more')} class="menu">
      {(close) => <Extra card={{ ...props, kind: 'menu', core, say, close }} />}
    </Popover>
  );
}
