import type { ShownMessage } from '../../../client/timeline';
import type { Conversation } from '../net/types';
import { t } from '../text/en';
import { fullTime } from '../text/format';
import { Attachment } from './Attachment';
import { useApp } from './context';
import { Icon } from './Icon';
import { Prose } from './Prose';

/** One message: its text, its file, the answers that it offers, and what may be done to it. */
export function Message({ message, conversation }: { message: ShownMessage; conversation: Conversation }) {
  const app = useApp();
  const state = message.item?.state;
  if (message.deleted) return <Deleted />;
  const edited = app.amends.editing.value?.message.eid;
  const may = app.amends.may(message);
  const changing = edited !== undefined && edited === message.eid;
  return (
    // A tap on what takes the focus shows what may be done to it.
    <div class={`ms ${changing ? 'changing' : ''}`} {...(may && { tabIndex: -1 })}>
      {message.text && (
        <p class={`bd ${state && state !== 'sent' ? 'pending' : ''}`}>
          <Prose text={message.text} />
          {message.editedAt !== undefined && <Edited at={message.editedAt} />}
        </p>
      )}
      {message.file && <Attachment file={message.file} />}
      {!message.text && message.editedAt !== undefined && <Edited at={message.editedAt} />}
      {message.choices && <Choices choices={message.choices} />}
      {state === 'failed' && <Failed message={message} />}
      {may && <Acts message={message} conversation={conversation} />}
    </div>
  );
}

function Deleted() {
  return (
    <p class="bd gone">
      <Icon name="trash" size={14} />
      {t.message.deleted}
    </p>
  );
}

function Edited({ at }: { at: number }) {
  return (
    <small class="edited" title={t.message.editedAt(fullTime(at))}>
      {' '}
      {t.message.edited}
    </small>
  );
}

/** What the visitor may answer with; an agent only reads them. */
function Choices({ choices }: { choices: readonly string[] }) {
  return (
    <ul class="choices" aria-label={t.message.choices}>
      {choices.map((choice) => (
        <li key={choice}>{choice}</li>
      ))}
    </ul>
  );
}

function Acts({ message, conversation: c }: { message: ShownMessage; conversation: Conversation }) {
  const app = useApp();
  const remove = () =>
    app.ask({
      title: t.message.deleteQuestion,
      text: t.message.deleteHint,
      go: t.message.deleteGo,
      danger: true,
      yes: () =>
        void app.amends.takeBack(c.id, message).then((done) => {
          if (done) app.toasts.say(t.message.deleted);
        }),
    });
  return (
    <span class="acts" role="group" aria-label={t.message.actions}>
      <button
        type="button"
        class="ib"
        aria-label={t.message.edit}
        title={t.message.edit}
        onClick={() => app.amends.begin(c.thread, c.id, message)}
      >
        <Icon name="pencil" size={16} />
      </button>
      <button type="button" class="ib" aria-label={t.message.delete} title={t.message.delete} onClick={remove}>
        <Icon name="trash" size={16} />
      </button>
    </span>
  );
}

function Failed({ message }: { message: ShownMessage }) {
  const app = useApp();
  const cmid = message.item?.cmid ?? '';
  return (
    <p class="failed" role="alert">
      <Icon name="alert" size={14} />
      <b>{t.state.failed}</b>
      <span>{message.item?.failure?.message}</span>
      <button type="button" onClick={() => app.outbox.retry(cmid)}>
        {t.state.retry}
      </button>
      <button type="button" onClick={() => void app.outbox.discard(cmid)}>
        {t.state.discard}
      </button>
    </p>
  );
}
