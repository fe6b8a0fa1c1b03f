import { useState } from 'preact/hooks';
import type { ImportReport } from '../../net/types';
import { titleOf } from '../../state/attributes';
import { codeOf, sentenceOf } from '../../state/faults';
import { t } from '../../text/en';
import { together } from '../../text/format';
import { useApp } from '../context';
import { Icon } from '../Icon';
import { useRun } from './ImportScreen';

const words = t.contacts.import;

/** The last two steps: what would come of it, and what came of it. */
export function ShowReport() {
  const { importing } = useApp();
  const report = importing.report.value;
  if (!report) return null;
  return (
    <div class="imp-report">
      <p class="imp-lead" role="status">
        {report.dryRun ? (
          words.nothingYet
        ) : (
          <>
            <Icon name="check" />
            <b>{words.done}</b>
          </>
        )}
      </p>
      <Figures report={report} />
      {report.attributes.length > 0 && (
        <p class="set-hint">{words.newAttributes(together(report.attributes.map(titleOf)))}</p>
      )}
      <Faults report={report} />
      {report.dryRun ? <Go report={report} /> : <After />}
    </div>
  );
}

const FIGURES = ['created', 'updated', 'unchanged', 'refused'] as const;

function Figures({ report }: { report: ImportReport }) {
  return (
    <dl class="figs">
      {FIGURES.map((name) => (
        <div key={name} class={name === 'refused' && report.refused > 0 ? 'hot' : ''}>
          <dt>{words[name]}</dt>
          <dd>{report[name].toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

function Faults({ report }: { report: ImportReport }) {
  if (report.refused === 0) return report.dryRun ? null : <p class="set-hint">{words.noFault}</p>;
  return (
    <section class="imp-faults" aria-label={words.refused}>
      <h3>
        <Icon name="alert" size={16} />
        {(report.dryRun ? words.leftOut : words.wereLeftOut)(report.refused)}
      </h3>
      {report.faults.length < report.refused && <p class="set-hint">{words.firstOnly(report.faults.length)}</p>}
      <table class="plain">
        <thead>
          <tr>
            <th scope="col" class="c-line">
              {words.line}
            </th>
            <th scope="col" class="c-where">
              {words.where}
            </th>
            <th scope="col">{words.wrong}</th>
          </tr>
        </thead>
        <tbody>
          {report.faults.map((fault, i) => (
            <tr key={i}>
              <td class="c-line">{fault.line}</td>
              <td class="c-where" dir="auto">
                {fault.column || '–'}
              </td>
              <td>{fault.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Go({ report }: { report: ImportReport }) {
  const { importing } = useApp();
  const [failure, setFailure] = useState('');
  const wanted = report.created + report.updated + report.unchanged;
  const [busy, run] = useRun(async () => {
    try {
      await importing.run(false);
    } catch (error) {
      const code = codeOf(error);
      setFailure(code === 'offline' || code === 'unavailable' ? words.broken : sentenceOf(code));
    }
  });
  return (
    <footer class="imp-acts">
      {failure && (
        <p class="fault" role="alert">
          <Icon name="alert" size={14} />
          {failure}
        </p>
      )}
      {wanted === 0 && <p class="set-hint">{words.none}</p>}
      <span class="sp" />
      <button type="button" class="btn s" onClick={() => (importing.step.value = 'columns')}>
        {words.back}
      </button>
      {wanted > 0 && (
        <button type="button" class="btn p" aria-disabled={busy} onClick={run}>
          {busy ? words.importing : words.all(wanted)}
        </button>
      )}
    </footer>
  );
}

function After() {
  const { importing, route } = useApp();
  return (
    <footer class="imp-acts">
      <span class="sp" />
      <button type="button" class="btn s" onClick={() => importing.again()}>
        {words.another}
      </button>
      <button type="button" class="btn p" onClick={() => route.contacts()}>
        {words.see}
      </button>
    </footer>
  );
}
