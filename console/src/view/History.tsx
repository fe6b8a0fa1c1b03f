import { useState } from 'preact/hooks';
import type { Happening } from '../net/types';
import { t } from '../text/en';
import { factText, pageName, shortTime } from '../text/format';
import { useApp } from './context';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Stamp } from './Stamp';

const COLLAPSED = 8;

/** What a person did and said of the site, newest first. */
export function History({ did }: { did: readonly Happening[] }) {
  const [all, setAll] = useState(false);
  if (did.length === 0) return null;
  return (
    <section class="hist" aria-label={t.pane.history}>
      <h3>{t.pane.history}</h3>
      <ol>
        {did.slice(0, all ? did.length : COLLAPSED).map((one, i) => (
          <Line key={one.id ?? `${one.at} ${i}`} one={one} />
        ))}
      </ol>
      {did.length > COLLAPSED && (
        <button type="button" class="btn t" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t.pane.lessOfHistory : t.pane.allOfHistory(did.length)}
        </button>
      )}
    </section>
  );
}

const ICON: Record<string, IconName> = { event: 'flag', feedback: 'quote', consent: 'check' };

function Line({ one }: { one: Happening }) {
  const { clock } = useApp();
  return (
    <li>
      <Icon name={ICON[one.kind] ?? 'flag'} size={14} />
      <span dir="auto">
        <Words one={one} />
      </span>
      <Stamp at={one.at} text={shortTime(one.at, clock.now.value)} />
    </li>
  );
}

function Words({ one: { event, feedback, consent } }: { one: Happening }) {
  if (feedback) {
    return (
      <>
        {feedback.text}
        {feedback.page && <small>{pageName(feedback.page)}</small>}
      </>
    );
  }
  if (consent) {
    const kind = t.pane.consentKinds[consent.kind] ?? consent.kind;
    return <>{`${kind}: ${consent.value ? t.pane.agreed : t.pane.refused}`}</>;
  }
  const data = dataText(event?.data ?? {});
  return (
    <>
      {event?.name}
      {data && <small title={data}>{data}</small>}
    </>
  );
}

const dataText = (data: Record<string, unknown>): string =>
  Object.entries(data)
    .map(([name, value]) => `${name}: ${factText(value)}`)
    .join(', ');
