import { useEnv } from '../panel/env';
import type { InsteadProps } from '../panel/talk';

/** In the place of the message box: what to do first, or that nothing can be said. */
export function Instead({ todo, go }: InsteadProps) {
  const { say } = useEnv();
  if (!todo) return <p class="sys">{say('blocked')}</p>;
  return (
    <button type="button" class="btn" onClick={() => go(todo === 'offlineSend' ? 'offline' : 'home')}>
      {say(todo)}
    </button>
  );
}
