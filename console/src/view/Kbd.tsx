const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** One key. `mod` is ⌘ or Ctrl, as the machine has it. */
export function Kbd({ chip }: { chip: string }) {
  return <kbd class="kbd">{chip === 'mod' ? (isMac ? '⌘' : 'Ctrl') : chip === 'Alt' && isMac ? '⌥' : chip}</kbd>
}

export function Chips({ chips }: { chips: readonly string[] }) {
  return (
    <span class="chips">
      {chips.map((chip) => (
        <Kbd key={chip} chip={chip} />
      ))}
    </span>
  )
}
