import type { ReadonlySignal } from '@preact/signals';
import type { Permission } from '../net/permission';
import type { Console } from '../state/console';
import type { Session } from '../state/session';
import { t } from '../text/en';
import { Context } from './context';
import { Failure } from './Failure';
import { Later } from './Later';
import { Shell } from './Shell';
import { SignIn } from './SignIn';

export interface AppProps {
  session: Session;
  permission: Permission;
  console: ReadonlySignal<Console | null>;
  retry: () => void;
}

/** Which of the four faces is shown: opening, no server, signing in, the console. */
export function App({ session, permission, console, retry }: AppProps) {
  const app = console.value;
  switch (session.standing.value) {
    case 'out':
      return <SignIn session={session} />;
    case 'unreachable':
      return (
        <main class="whole">
          <h1 class="vh">{t.app}</h1>
          <Failure title={t.unreachable} hint={t.unreachableHint} again={retry} />
        </main>
      );
    default:
      if (app) {
        return (
          <Context.Provider key={app.me.id} value={{ app, permission }}>
            <Shell />
          </Context.Provider>
        );
      }
      return (
        <main class="whole">
          <h1 class="vh">{t.app}</h1>
          <Later>
            <p role="status">{t.starting}</p>
          </Later>
        </main>
      );
  }
}
