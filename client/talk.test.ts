import { expect, test } from 'vitest';
import type { ConnectionState } from './connection';
import type { ClientFrame, FileInfo, HelloFrame, SendFrame, ServerFrame } from './frames';
import { Listeners } from './listeners';
import { Outbox } from './outbox';
import { MemoryStore } from './outbox_store';
import { serveOutbox, Talk } from './talk';

const file: FileInfo = { id: 'F', name: 'a.png', size: 9, type: 'image/png', url: '/confab/files/F/a.png' };

/** A visitor whose thread is empty and current. */
function visitor() {
  const sent: ClientFrame[] = [];
  const frames = new Listeners<ServerFrame>();
  const link = {
    state: 'open' as const,
    hello: null,
    frames,
    states: new Listeners<ConnectionState>(),
    send: (frame: ClientFrame) => sent.push(frame) > 0,
  };
  const outbox = new Outbox({ store: new MemoryStore(), send: link.send });
  const talk = new Talk({ link, outbox, me: () => ({ kind: 'visitor', id: 'maya', name: 'Maya' }) });
  talk.follow();
  serveOutbox(link, outbox);
  frames.tell({ t: 'hello', visitor: { id: 'maya', thread: 'T', level: 'anonymous' } } as HelloFrame);
  frames.tell({ t: 'caught_up', thread: 'T', seq: 0, eid: '', markers: [] });
  const message = () => sent.filter((f): f is SendFrame => f.t === 'send').at(-1) as SendFrame;
  return { talk, frames, message };
}

test('a message with a file stands in the thread with it as soon as it is acknowledged', async () => {
  const { talk, frames, message } = visitor();
  await talk.send('', { file, group: 'sales', offline: true });
  expect(message()).toMatchObject({ text: '', file: 'F', group: 'sales', offline: true });
  frames.tell({ t: 'ack', thread: 'T', cmid: message().cmid, seq: 1, eid: 'e1', at: 5 });
  expect(talk.state.entries).toEqual([
    {
      seq: 1,
      entry: {
        eid: 'e1',
        cmid: message().cmid,
        kind: 'message',
        at: 5,
        author: { kind: 'visitor', id: 'maya', name: 'Maya' },
        text: '',
        file,
      },
    },
  ]);
  expect(talk.pending()).toEqual([]);
});

test('what an agent says by a rule of the page is his, as its acknowledgement says', async () => {
  const { talk, frames, message } = visitor();
  const anna = { kind: 'agent', id: 'a', name: 'Anna' } as const;
  await talk.send('May I help?', { auto: true });
  frames.tell({ t: 'ack', thread: 'T', cmid: message().cmid, seq: 1, eid: 'e1', at: 5, author: anna });
  expect(talk.state.entries[0]?.entry).toMatchObject({ author: anna, auto: true, text: 'May I help?' });
});
