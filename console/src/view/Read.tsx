import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Reading } from '../state/reading';
import { t } from '../text/en';
import { Empty } from './Empty';
import { Failure } from './Failure';
import { ListSkeleton } from './Skeleton';

interface ReadProps<T> {
  reading: Reading<T>;
  /** What it is, as the sentence "… did not load" begins. */
  what: string;
  children: (value: T) => JSX.Element;
}

/** Reads something when it is shown, and shows it, or why it is not there. */
export function Read<T>({ reading, what, children }: ReadProps<T>) {
  useEffect(() => {
    void reading.load();
  }, [reading]);
  const value = reading.value.value;
  switch (reading.state.value) {
    case 'forbidden':
      return <Empty title={t.settings.adminsOnly} text={t.settings.adminsOnlyHint} />;
    case 'gone':
      return <Empty title={t.settings.gone} text={t.settings.goneHint} />;
    case 'failed':
      return <Failure title={t.settings.failed(what)} hint={t.settings.failedHint} again={() => void reading.load()} />;
    default:
      return value === null ? <ListSkeleton label={t.settings.loading(what)} /> : children(value);
  }
}
