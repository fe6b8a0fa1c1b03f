import { useEnv } from './env';
import { Extra } from './extra';
import { smile } from './icons';
import { Popover } from './popover';

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { core, say } = useEnv();
  const pick = (close: () => void) => (one: string) => {
    close();
    onPick(one);
  };
  return (
    <Popover icon={smile} label={say('emoji')} class="emoji">
      {(close) => <Extra card={{ kind: 'emoji', core, say, onPick: pick(close) }} />}
    </Popover>
  );
}
