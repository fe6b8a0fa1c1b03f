import type { NumberedEntry } from '../../../client/frames';
import type { Say } from '../text/say';
import type { Core } from '../types';

/** The loaded messages as text, oldest first, as they stand after all changes. */
export function transcriptOf(entries: readonly NumberedEntry[], say: Say): string {
  const changes = new Map(entries.filter((e) => e.entry.target).map((e) => [e.entry.target, e.entry]));
  const lines = entries
    .filter(({ entry }) => entry.kind === 'message' && changes.get(entry.eid)?.kind !== 'message.deleted')
    .map(({ entry: { author, auto, at, eid, text, file } }) => {
      const name = author.kind === 'visitor' && !auto ? say('you') : author.name || say('assistant');
      const now = changes.get(eid)?.text ?? text;
      const said = [now, file && `[${say('file')}: ${file.name}]`].filter(Boolean).join(' ');
      return `${new Date(at).toLocaleString(say.language)}  ${name}\r\n${said}\r\n`;
    });
  return lines.join('\r\n');
}

export function saveTranscript(core: Core, say: Say): void {
  const title = core.title ? say('dialog', { title: core.title }) : say('title');
  const text = `\uFEFF${title}\r\n\r\n${transcriptOf(core.talk.state.entries, say)}`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  link.download = `${title}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
