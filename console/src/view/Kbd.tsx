const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** One key. `mod` is ⌘ or Ctrl, as the machine has it. */
export function Kbd({ chip }: { chip: string }) {
  return <kbd class="kbd">{chipText(chip)}</kbd>;
}

/** Beside a label in a button: seen, and told to readers as the button's shortcut instead. */
export function Hint({ chip }: { chip: string }) {
  return (
    <span class="kbd" aria-hidden="true">
      {chipText(chip)}
    </span>
  );
}

function chipText(chip: string): string {
  if (chip.startsWith('mod')) return `${isMac ? '⌘' : 'Ctrl'}${chip.slice(3)}`;
  return chip === 'Alt' && isMac ? '⌥' : chip;
}

export function Chips({ chips }: { chips: readonly string[] }) {
  return (
    <span class="chips">
      {chips.map((chip) => (
        <Kbd key={chip} chip={chip} />
      ))}
    </span>
  );
}
