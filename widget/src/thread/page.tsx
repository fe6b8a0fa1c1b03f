import type { ComponentChildren } from 'preact';
import { Banner } from '../panel/banner';
import { useEnv } from '../panel/env';
import { Extra } from '../panel/extra';
import { Choice, Foot } from '../panel/home';
import { phone } from '../panel/icons';
import type { PageProps } from '../panel/talk';
import { Header } from './header';
import { bubble } from './icons';
import { offlineFields } from './questions';

/** A view that is neither home nor thread: forms, consent, a call, a choice. */
export function Page({ banner, view, chosen, fields, go, onAnswered, ...head }: PageProps) {
  const { core, config, say } = useEnv();
  const onTalk = (): void => go('chat');
  const page = (content: ComponentChildren, onBack?: () => void) => (
    <>
      <Header {...head} onBack={onBack} />
      <Banner kind={banner} />
      <div class="page">
        {content}
        <span class="sp" />
        <Foot />
      </div>
    </>
  );
  switch (view) {
    case 'consent': {
      const { text = '', link = '' } = config.consent ?? {};
      return page(<Extra card={{ kind: 'consent', core, say, text, link }} />);
    }
    case 'form': {
      const onDone = (): void => {
        onAnswered();
        onTalk();
      };
      const text = config.form?.text ?? '';
      return page(<Extra key="form" card={{ kind: 'form', form: 'prechat', core, say, fields, text, onDone }} />);
    }
    case 'offline': {
      const asked = offlineFields(core, config.offline?.fields);
      const text = config.offline?.text ?? '';
      return page(
        <Extra card={{ kind: 'form', form: 'offline', core, say, fields: asked, text, onDone: onTalk }} />,
        chosen === 'offline' || core.talk.state.entries.length > 0 ? onTalk : undefined,
      );
    }
    case 'call':
      return page(<Extra key="call" card={{ kind: 'call', core, say }} />, () => go(null));
    default:
      return page(
        <div class="menus">
          <h3>{say('menuTitle')}</h3>
          <div class="lst">
            <Choice icon={bubble} text={say('menuChat')} onClick={() => go(null)} />
            {core.config.calls && <Choice icon={phone} text={say('menuCall')} onClick={() => go('call')} />}
          </div>
        </div>,
      );
  }
}
