import { useRef, useState } from 'preact/hooks';
import { t } from '../../text/en';
import { useApp } from '../context';
import { Icon } from '../Icon';

const words = t.contacts.import;

/** The first step. */
export function ChooseFile() {
  const { importing, contacts } = useApp();
  const [fault, setFault] = useState('');
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined | null) => {
    if (file) setFault(words.fileFaults[await importing.take(file, contacts.definitions.value)]);
  };
  return (
    <div class="imp-file">
      <div
        class={`drop ${over ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer?.files[0]);
        }}
      >
        <Icon name="upload" size={26} />
        <p>
          <b>{words.drop}</b>
          <small>{words.or}</small>
        </p>
        <button type="button" class="btn p" onClick={() => input.current?.click()}>
          {words.choose}
        </button>
        <input
          ref={input}
          class="vh"
          type="file"
          accept=".csv,text/csv"
          tabIndex={-1}
          aria-label={words.choose}
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </div>
      {fault && (
        <p class="fault" role="alert">
          <Icon name="alert" size={14} />
          {fault}
        </p>
      )}
      <p class="set-hint">{words.fileHint}</p>
    </div>
  );
}
