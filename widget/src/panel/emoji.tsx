import { panelText as words } from '../text/en';
import { smile } from './icons';
import { Popover } from './popover';

const emoji = [...'😀😂😊😍🤔😅😎🙏👍👎👏🙌💪👀🎉🔥❤💡✅❌⏰📦🚚🛒'];

/** A small choice of emoji; whoever needs others has the keyboard of the system. */
export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const pick = (close: () => void, one: string): void => {
    close();
    onPick(one);
  };
  return (
    <Popover icon={smile} label={words.emoji} class="emoji">
      {(close) =>
        emoji.map((one) => (
          <button type="button" key={one} onClick={() => pick(close, one)}>
            {one}
          </button>
        ))
      }
    </Popover>
  );
}
