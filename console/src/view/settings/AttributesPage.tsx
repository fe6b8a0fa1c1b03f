import { useState } from 'preact/hooks';
import type { Definition } from '../../net/types';
import { calledOf } from '../../state/attributes';
import { t } from '../../text/en';
import { AttributeDialog } from '../AttributeDialog';
import { useApp } from '../context';
import { Icon } from '../Icon';
import { Read } from '../Read';
import { PageHead } from './PageHead';

const words = t.settings.attributes;
const ORIGINS = ['custom', 'said', 'builtin'] as const;

/** The attributes that people may have. Live ones are of the moment, and are told apart. */
export function AttributesPage() {
  const { settings, me } = useApp();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead title={t.settings.sections.attributes} hint={words.hint}>
        {me.role === 'admin' && (
          <button type="button" class="btn p" onClick={() => setAdding(true)}>
            <Icon name="plus" size={16} />
            {words.add}
          </button>
        )}
      </PageHead>
      <Read reading={settings.attributes.list} what={t.settings.sections.attributes}>
        {(all) => <AttributeTable all={all} />}
      </Read>
      {adding && <AttributeDialog close={() => setAdding(false)} />}
    </>
  );
}

function AttributeTable({ all }: { all: readonly Definition[] }) {
  const own = all.some((d) => d.origin !== 'builtin');
  return (
    <div class="tbl set-tbl">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">{words.title}</th>
            <th scope="col" class="c-api">
              {words.apiName}
            </th>
            <th scope="col" class="c-type">
              {words.type}
            </th>
            <th scope="col" class="c-origin">
              {words.origin}
            </th>
          </tr>
        </thead>
        <tbody>
          {!own && (
            <tr class="note-row">
              <td colSpan={4}>
                <b>{words.none.title}.</b> {words.none.text}
              </td>
            </tr>
          )}
          {ORIGINS.flatMap((origin) => all.filter((d) => d.origin === origin)).map((d) => (
            <tr key={d.name}>
              <td class="c-first">
                {calledOf(d)}
                <small>
                  {d.name} · {words.types[d.type]}
                </small>
              </td>
              <td class="c-api">
                <code>{d.name}</code>
              </td>
              <td class="c-type">{words.types[d.type]}</td>
              <td class="c-origin">
                {words.origins[d.origin]}
                {d.live && `, ${words.live}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
