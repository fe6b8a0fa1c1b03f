import { fireEvent } from '@testing-library/preact';
import { expect, test, vi } from 'vitest';
import { thread } from '../thread/main';
import type { Thread } from './talk';
import { FakeCore, openPanel, press, settle, write } from './testing';

/** A script that arrives, or fails, when the test says so. */
function late() {
  const asked: { come: (thread: Thread) => void; fail: () => void }[] = [];
  const load = vi.fn(
    () =>
      new Promise<Thread>((resolve, reject) => {
        asked.push({ come: resolve, fail: () => reject(new Error('gone')) });
      }),
  );
  return { asked, load };
}

test('who only looks at the home screen does not load the thread; who begins to write does', async () => {
  const { load } = late();
  const panel = await openPanel(new FakeCore(), { thread: load, focus: true });
  expect(load).not.toHaveBeenCalled();
  await write(panel.in.getByLabelText('Message'), 'H');
  expect(load).toHaveBeenCalledTimes(1);
});

test('a message goes out before the thread is here, and what is written next stays under the keyboard when it comes', async () => {
  const { asked, load } = late();
  const core = new FakeCore();
  const panel = await openPanel(core, { thread: load });
  await write(panel.in.getByLabelText('Message'), 'Hello');
  await settle(() => fireEvent.keyDown(panel.in.getByLabelText('Message'), { key: 'Enter' }));
  expect(core.calls).toEqual([['send', 'Hello']]);
  const box = panel.in.getByLabelText<HTMLTextAreaElement>('Message');
  await write(box, 'Are you there');
  box.focus();
  await settle(() => asked[0]?.come(thread));
  expect(panel.in.getByRole('log').textContent).toContain('Hello');
  expect([panel.in.getByLabelText('Message'), panel.root.activeElement, box.value]).toEqual([
    box,
    box,
    'Are you there',
  ]);
});

test('a thread that does not load says so, and is asked for again', async () => {
  const { asked, load } = late();
  const panel = await openPanel(new FakeCore().history([{ text: 'Hi' }]), { thread: load, view: 'chat' });
  expect(panel.in.getByRole('button', { name: 'Minimise' })).toBeTruthy();
  await settle(() => asked[0]?.fail());
  await press(panel.in.getByRole('button', { name: 'Retry' }));
  await settle(() => asked[1]?.come(thread));
  expect(panel.in.getByRole('log').textContent).toContain('Hi');
});
