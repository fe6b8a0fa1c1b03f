const emoji = [...'😀😂😊😍🤔😅😎🙏👍👎👏🙌💪👀🎉🔥❤💡✅❌⏰📦🚚🛒'];

/** A small choice; whoever needs others has the keyboard of the system. */
export function EmojiView({ onPick }: { onPick: (emoji: string) => void }) {
  return (
    <div class="faces-grid">
      {emoji.map((one) => (
        <button type="button" key={one} onClick={() => onPick(one)}>
          {one}
        </button>
      ))}
    </div>
  );
}
