import { useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from './context';
import { Icon } from './Icon';
import { Hint as Key } from './Kbd';

interface SearchBoxProps {
  label: string;
  query: string;
  change: (query: string) => void;
}

/** The search of a screen: `/` leads to it, Esc empties it, and then leaves it. */
export function SearchBox({ label, query, change }: SearchBoxProps) {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  const asked = app.seek.value;
  useLayoutEffect(() => {
    if (!asked) return;
    app.seek.value = false;
    input.current?.focus();
  }, [app, asked]);
  return (
    <label class="srch">
      <Icon name="search" size={16} />
      <span class="vh">{label}</span>
      <input
        ref={input}
        type="search"
        value={query}
        placeholder={label}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && (query ? change('') : input.current?.blur())}
      />
      {!query && app.prefs.singleKeys.value && <Key chip="/" />}
    </label>
  );
}
