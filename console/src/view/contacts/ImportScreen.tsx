import { useEffect, useState } from 'preact/hooks';
import { STEPS } from '../../state/importing';
import { t } from '../../text/en';
import { Banner } from '../Banner';
import { useApp } from '../context';
import { Empty } from '../Empty';
import { following } from '../following';
import { Icon } from '../Icon';
import { ToastBar } from '../ToastBar';
import { ChooseFile } from './ChooseFile';
import { MapColumns } from './MapColumns';
import { ShowReport } from './ShowReport';

const words = t.contacts.import;

/** From a file to people, in steps: nothing is written before it was seen what would come of it. */
export function ImportScreen() {
  const { importing, settings, route, me } = useApp();
  const step = importing.step.value;
  useEffect(() => {
    void settings.attributes.list.load();
    if (importing.step.peek() === 'done') importing.again();
  }, [importing, settings]);
  return (
    <section class="set-page imp" aria-label={words.title}>
      <header class="set-h">
        <button type="button" class="ib back" aria-label={t.back} onClick={() => route.contacts()}>
          <Icon name="back" size={22} />
        </button>
        <div class="set-h-text">
          <p class="crumbs">
            <a href="/console/contacts" onClick={following(() => route.contacts())}>
              {t.contactsTitle}
            </a>
            <Icon name="forward" size={14} />
          </p>
          <h2>{words.title}</h2>
        </div>
        {me.role === 'admin' && <Steps />}
      </header>
      <Banner />
      <div class="set-scroll" key={step}>
        {me.role !== 'admin' && <Empty title={t.settings.adminsOnly} text={t.settings.adminsOnlyHint} />}
        {me.role === 'admin' && step === 'file' && <ChooseFile />}
        {step === 'columns' && <MapColumns />}
        {(step === 'check' || step === 'done') && <ShowReport />}
      </div>
      <ToastBar />
    </section>
  );
}

function Steps() {
  const { importing } = useApp();
  const at = STEPS.indexOf(importing.step.value);
  return (
    <ol class="steps" aria-label={words.progress}>
      {STEPS.map((step, i) => (
        <li key={step} class={i < at ? 'past' : ''} aria-current={i === at ? 'step' : undefined}>
          <span class="step-no" aria-hidden="true">
            {i < at ? <Icon name="check" size={14} /> : i + 1}
          </span>
          {words.steps[step]}
        </li>
      ))}
    </ol>
  );
}

/** Runs one thing at a time, and says which. */
export function useRun(work: () => Promise<void>): [busy: boolean, run: () => void] {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    if (busy) return;
    setBusy(true);
    await work();
    setBusy(false);
  };
  return [busy, () => void run()];
}
