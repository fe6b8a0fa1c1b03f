import type { ComponentChildren } from 'preact';
import type { Section } from '../../state/route';
import { t } from '../../text/en';
import { useApp } from '../context';
import { following } from '../following';
import { Icon } from '../Icon';

interface PageHeadProps {
  title: ComponentChildren;
  hint?: ComponentChildren;
  /** The section whose list this is one of. */
  of?: Section;
  /** Of one in that list this is a part: its id, and what it is called. */
  at?: string;
  also?: string;
  /** Actions. */
  children?: ComponentChildren;
}

/** What a page of the settings is, and what can be done on it. */
export function PageHead({ title, hint, of, at = '', also, children }: PageHeadProps) {
  const { route } = useApp();
  return (
    <header class="set-h">
      <button type="button" class="ib back" aria-label={t.back} onClick={() => route.settings(of ?? '', at)}>
        <Icon name="back" size={22} />
      </button>
      <div class="set-h-text">
        {of && (
          <p class="crumbs">
            <a href={`/console/settings/${of}`} onClick={following(() => route.settings(of))}>
              {t.settings.sections[of]}
            </a>
            <Icon name="forward" size={14} />
            {at && (
              <>
                <a href={`/console/settings/${of}/${at}`} onClick={following(() => route.settings(of, at))}>
                  {also}
                </a>
                <Icon name="forward" size={14} />
              </>
            )}
          </p>
        )}
        <h2>{title}</h2>
        {hint && <p>{hint}</p>}
      </div>
      {children && <div class="set-acts">{children}</div>}
    </header>
  );
}
