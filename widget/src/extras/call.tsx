import { useLayoutEffect, useState } from 'preact/hooks';
import type { Say, Word } from '../text/say';
import type { Core } from '../types';
import { dialled, fault } from './fields';
import { Question, Wrong } from './form';

const steps: Record<string, Word> = {
  start: 'callStart',
  agent_connected: 'callAgent',
  client_connected: 'callClient',
  end: 'callEnd',
  error: 'callError',
};
const field = { name: 'phone', required: true } as const;

/** Asks for a number; from then on it says how the call goes. */
export function CallView({ core, say }: { core: Core; say: Say }) {
  const [phone, write] = useState(core.user?.phone ?? '');
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState(false);
  const [failed, fail] = useState(false);
  useLayoutEffect(() => core.emit('form', { kind: 'call', step: 'shown', values: {} }), []);
  const status = core.call?.status;
  const going = asked || (status !== undefined && status !== 'end' && status !== 'error');
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (fault(field, phone) || asked) return;
    setAsked(true);
    const refused = await core.requestCall(dialled(phone));
    setAsked(false);
    fail(refused !== null);
    if (!refused) core.emit('form', { kind: 'call', step: 'submitted', values: { phone: dialled(phone) } });
  };
  return (
    <form class="stack form page" noValidate onSubmit={send} aria-label={say('callTitle')}>
      <div class="intro">
        <h3>{say('callTitle')}</h3>
        <p>{say('callText')}</p>
      </div>
      {!going && (
        <>
          <Question
            field={field}
            id="call-phone"
            value={phone}
            fault={tried ? fault(field, phone) : undefined}
            core={core}
            say={say}
            onChange={(value) => write(String(value))}
          />
          {failed && <Wrong id="call-failed" text={say('callError')} />}
          <button type="submit" class="btn p">
            {say('callSend')}
          </button>
        </>
      )}
      <p role="status" class="status">
        {status ? say(steps[status] ?? 'callError') : asked ? say('callStart') : ''}
      </p>
    </form>
  );
}
