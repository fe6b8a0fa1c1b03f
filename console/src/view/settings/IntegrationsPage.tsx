import { useEffect, useState } from 'preact/hooks';
import type { Account, Key } from '../../net/types';
import { codeOf, sentenceOf } from '../../state/faults';
import { linesOf } from '../../state/settings';
import { t } from '../../text/en';
import { dateOf, fullTime } from '../../text/format';
import { CopyButton } from '../CopyButton';
import { useApp } from '../context';
import { Field } from '../Field';
import { FormDialog } from '../FormDialog';
import { Icon } from '../Icon';
import { Read } from '../Read';
import { PageHead } from './PageHead';
import { Fact, Facts, Row } from './Rows';

const words = t.settings.integrations;

/** The keys by which other systems speak to this account, and the pages that may embed the widget. */
export function IntegrationsPage() {
  const { settings } = useApp();
  return (
    <>
      <PageHead title={t.settings.sections.integrations} hint={words.hint} />
      <Read reading={settings.keys} what={words.apiKey}>
        {(keys) => <Keys keys={keys} />}
      </Read>
      <Read reading={settings.account} what={words.origins}>
        {(account) => (
          <>
            <Origins account={account} />
            <Mail account={account} />
          </>
        )}
      </Read>
    </>
  );
}

function Keys({ keys }: { keys: readonly Key[] }) {
  const [rotating, setRotating] = useState(false);
  const servers = keys.filter((k) => k.kind === 'server');
  const pairs = keys.filter((k) => k.kind !== 'server');
  return (
    <>
      <Row label={words.apiKey}>
        <p class="set-hint">{words.apiKeyHint}</p>
        {servers.map((k, i) => (
          <div key={k.id} class="key">
            <Secret of={k} name={i === 0 ? words.keyName : words.oldKey} />
            <small class={k.until ? 'key-ends' : 'set-hint'}>
              {k.until && <Icon name="hourglass" size={14} />}
              {k.until ? words.until(fullTime(k.until)) : k.createdAt ? words.made(dateOf(k.createdAt)) : ''}
            </small>
          </div>
        ))}
        <button type="button" class="btn s" onClick={() => setRotating(true)}>
          <Icon name="again" size={16} />
          {words.rotate}
        </button>
      </Row>
      {pairs.map((k) => (
        <Row key={k.id} label={words.pair(nameOf(k.kind))}>
          <p class="set-hint">{words.pairHint}</p>
          <Facts>
            <Fact name={words.publicKey}>
              <span class="copyable">
                <code>{k.public}</code>
                <CopyButton what={words.publicName} text={k.public ?? ''} />
              </span>
            </Fact>
            <Fact name={words.secretKey}>
              <Secret of={k} name={words.secretName} />
            </Fact>
          </Facts>
        </Row>
      ))}
      {rotating && <Rotate close={() => setRotating(false)} />}
    </>
  );
}

/** What a pair is for, as a name. */
const nameOf = (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1);

/** Masked until it is asked for; copied without being shown. */
function Secret({ of: { id, masked }, name }: { of: Key; name: string }) {
  const { settings, toasts } = useApp();
  const [shown, setShown] = useState('');
  const flip = async () => {
    if (shown) return setShown('');
    try {
      setShown(await settings.reveal(id));
    } catch (error) {
      toasts.say(sentenceOf(codeOf(error)));
    }
  };
  return (
    <span class="copyable secret">
      <code>{shown || masked}</code>
      <button
        type="button"
        class="btn t"
        aria-label={shown ? words.hideOf(name) : words.revealOf(name)}
        onClick={() => void flip()}
      >
        <Icon name={shown ? 'eyeOff' : 'eye'} size={16} />
        {shown ? words.hide : words.reveal}
      </button>
      <CopyButton what={name} text={shown || (() => settings.reveal(id))} />
    </span>
  );
}

const OVERLAPS = [0, 1, 24, 168, 720];

function Rotate({ close }: { close: () => void }) {
  const { settings, toasts } = useApp();
  const [hours, setHours] = useState(24);
  const submit = async () => {
    try {
      await settings.rotate(hours);
      toasts.say(words.rotated);
      close();
      return undefined;
    } catch (error) {
      return sentenceOf(codeOf(error));
    }
  };
  return (
    <FormDialog title={words.rotateTitle} text={words.rotateText} go={words.rotateGo} submit={submit} close={close}>
      <Field label={words.overlap}>
        {(control) => (
          <select
            {...control}
            class="in"
            value={hours}
            onChange={(event) => setHours(Number(event.currentTarget.value))}
          >
            {OVERLAPS.map((h) => (
              <option key={h} value={h}>
                {words.overlaps[h]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}

function Mail({ account: { mail } }: { account: Account }) {
  return (
    <Row label={words.mail}>
      <p>{mail?.on ? words.mailOn(mail.from ?? '') : words.mailOff}</p>
      {!mail?.on && <p class="set-hint">{words.mailHint}</p>}
    </Row>
  );
}

function Origins({ account }: { account: Account }) {
  const { settings, toasts } = useApp();
  const kept = (account.allowedOrigins ?? []).join('\n');
  const [text, setText] = useState(kept);
  const [fault, setFault] = useState('');
  useEffect(() => setText(kept), [kept]);
  const changed = linesOf(text).join('\n') !== kept;
  const discard = () => {
    setText(kept);
    setFault('');
  };
  const save = async (event: Event) => {
    event.preventDefault();
    try {
      await settings.setOrigins(linesOf(text));
      setFault('');
      toasts.say(words.saved);
    } catch (error) {
      setFault(codeOf(error) === 'bad_field' ? words.badOrigin : sentenceOf(codeOf(error)));
    }
  };
  return (
    <Row label={words.origins}>
      <form class="origins" onSubmit={(event) => void save(event)}>
        <Field
          label={words.originsHint}
          hint={text.trim() ? words.bootstrap : words.noOrigins}
          fault={fault || undefined}
        >
          {(control) => (
            <textarea
              {...control}
              class="in mono"
              rows={Math.min(8, Math.max(3, text.split('\n').length))}
              spellcheck={false}
              autoCapitalize="none"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {changed && (
          <p class="unsaved">
            <span>{words.unsaved}</span>
            <button type="button" class="btn t" onClick={discard}>
              {words.discard}
            </button>
            <button type="submit" class="btn p">
              {words.save}
            </button>
          </p>
        )}
      </form>
    </Row>
  );
}
