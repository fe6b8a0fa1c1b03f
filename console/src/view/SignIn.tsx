import { useRef, useState } from 'preact/hooks';
import { Problem } from '../net/problem';
import type { Session } from '../state/session';
import { t } from '../text/en';
import { Icon } from './Icon';
import { Mark } from './Mark';

interface Faults {
  email?: string;
  password?: string;
  form?: string;
}

export function SignIn({ session }: { session: Session }) {
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const [email, password] = [String(data.get('email')).trim(), String(data.get('password'))];
    const found = check(email, password);
    setFaults(found);
    if (found.email || found.password) return focusFirst(form.current, found);
    setBusy(true);
    try {
      await session.signIn(email, password);
    } catch (error) {
      setFaults({ form: sentence(error) });
      setBusy(false);
    }
  };

  return (
    <div class="si">
      <main class="si-form">
        <form ref={form} onSubmit={submit} noValidate>
          <Mark size={40} />
          <div>
            <h1>{t.signIn.title}</h1>
            <p class="si-host">{t.signIn.to(location.host)}</p>
          </div>
          <Ended why={session.ended.value} />
          <Field name="email" type="email" label={t.signIn.email} autoComplete="username" fault={faults.email} />
          <Password fault={faults.password} />
          {faults.form && (
            <p class="fault" role="alert">
              <Icon name="alert" size={14} />
              {faults.form}
            </p>
          )}
          <button type="submit" class="btn p lg" disabled={busy}>
            {busy ? t.signIn.going : t.signIn.go}
          </button>
        </form>
      </main>
      <Talk />
    </div>
  );
}

function Ended({ why }: { why: '' | 'expired' | 'revoked' }) {
  return why ? (
    <p class="si-note" role="status">
      {t.signIn[why]}
    </p>
  ) : null;
}

interface FieldProps {
  name: string;
  type: 'email' | 'password';
  shown?: boolean;
  label: string;
  autoComplete: string;
  fault?: string | undefined;
  children?: preact.ComponentChildren;
}

function Field({ name, type, shown, label, autoComplete, fault, children }: FieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <div class="field-box">
        <input
          id={name}
          name={name}
          {...(type === 'email'
            ? { type: 'email' as const }
            : shown
              ? { type: 'text' as const }
              : { type: 'password' as const })}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellcheck={false}
          aria-invalid={fault ? 'true' : undefined}
          aria-describedby={fault ? `${name}-fault` : undefined}
        />
        {children}
      </div>
      {fault && (
        <p class="fault" id={`${name}-fault`}>
          <Icon name="alert" size={14} />
          {fault}
        </p>
      )}
    </div>
  );
}

function Password({ fault }: { fault?: string | undefined }) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      name="password"
      type="password"
      shown={shown}
      label={t.signIn.password}
      autoComplete="current-password"
      fault={fault}
    >
      <button
        type="button"
        class="ib"
        aria-label={shown ? t.signIn.hide : t.signIn.show}
        onClick={() => setShown(!shown)}
      >
        <Icon name={shown ? 'eyeOff' : 'eye'} size={18} />
      </button>
    </Field>
  );
}

/** What it is all about, said once, beside the form. */
function Talk() {
  return (
    <aside class="si-talk" aria-hidden="true">
      <div class="talk">
        <div class="bub c">{t.signIn.ask}</div>
        <span class="talk-state">
          <Icon name="checks" size={16} />
          {t.state.seen}
        </span>
        <div class="bub a">{t.signIn.answer}</div>
        <span class="talk-by">{t.signIn.answerBy}</span>
      </div>
    </aside>
  );
}

function check(email: string, password: string): Faults {
  const faults: Faults = {};
  if (!email) faults.email = t.signIn.emptyEmail;
  else if (!/^\S+@\S+$/.test(email)) faults.email = t.signIn.badEmail;
  if (!password) faults.password = t.signIn.emptyPassword;
  return faults;
}

function focusFirst(form: HTMLFormElement | null, faults: Faults): void {
  const field = form?.elements.namedItem(faults.email ? 'email' : 'password');
  if (field instanceof HTMLInputElement) field.focus();
}

function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t.signIn.failed;
  switch (error.code) {
    case 'unauthorized':
    case 'bad_field':
    case 'missing_field':
      return t.signIn.wrong;
    case 'forbidden':
      return t.signIn.deactivated;
    case 'rate_limited':
      return t.signIn.tooOften(error.afterSeconds);
    case 'offline':
    case 'unavailable':
    case 'draining':
      return t.signIn.offline;
    default:
      return t.signIn.failed;
  }
}
