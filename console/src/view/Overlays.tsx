import { unsent } from '../state/commands';
import { t } from '../text/en';
import { CommandBar } from './CommandBar';
import { Confirm } from './Confirm';
import { useApp } from './context';
import { Dialog } from './Dialog';
import { Help } from './Help';
import { nameOf } from './names';
import { StatusMenu } from './StatusMenu';

/** What lies over the screen, one at a time. */
export function Overlays() {
  const app = useApp();
  const close = () => {
    app.overlay.value = '';
  };
  switch (app.overlay.value) {
    case 'commands':
      return <CommandBar key="commands" assigning={false} close={close} />;
    case 'assign':
      return app.current.value ? <CommandBar key="assign" assigning close={close} /> : null;
    case 'help':
      return <Help close={close} />;
    case 'close':
      return <ConfirmClose next={false} close={close} />;
    case 'closeNext':
      return <ConfirmClose next close={close} />;
    case 'signOut':
      return (
        <Confirm
          title={t.signOutQuestion}
          text={t.unsentAtSignOut(unsent(app))}
          go={t.signOutAnyway}
          danger
          yes={() => void app.signOut()}
          no={close}
        />
      );
    case 'question':
      return <Asked close={close} />;
    case 'me':
      return (
        <Dialog label={t.statusMenu} class="sheet" close={close}>
          <StatusMenu done={close} />
        </Dialog>
      );
    default:
      return null;
  }
}

function Asked({ close }: { close: () => void }) {
  const question = useApp().question.value;
  if (!question) return null;
  const yes = () => {
    close();
    question.yes();
  };
  return <Confirm {...question} yes={yes} no={close} />;
}

function ConfirmClose({ next, close }: { next: boolean; close: () => void }) {
  const app = useApp();
  const c = app.current.value;
  if (!c || c.state === 'closed') return null;
  const go = () => {
    close();
    const after = next ? app.nextOf(c.id) : '';
    void app.actions.close(c).then((done) => {
      if (done && after) app.route.conversation(after, 'replace');
    });
  };
  return (
    <Confirm title={t.act.closeQuestion(nameOf(c))} text={t.act.closeHint} go={t.act.closeGo} yes={go} no={close} />
  );
}
