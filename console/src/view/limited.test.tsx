import { cleanup, screen } from '@testing-library/preact';
import { afterEach, expect, test } from 'vitest';
import { aConversation } from '../state/testing';
import { Shell } from './Shell';
import { ThreadColumn } from './ThreadColumn';
import { aConsole } from './testing';

afterEach(cleanup);

test('who is limited to his groups is offered no contacts', async () => {
  for (const limited of [true, false]) {
    const stage = await aConsole({ limited });
    stage.show(<Shell />);
    await stage.settle();
    expect(screen.queryAllByRole('link', { name: 'Contacts' })).toHaveLength(limited ? 0 : 1);
    stage.app.route.contacts();
    await stage.settle();
    expect(stage.server.asked.some((a) => a.line === 'GET /contacts')).toBe(!limited);
    expect(screen.queryAllByText('No list of contacts')).toHaveLength(limited ? 1 : 0);
    cleanup();
  }
});

test('a conversation that went to others leaves the lists and the screen, and an older answer does not bring it back', async () => {
  const stage = await aConsole({ limited: true });
  stage.show(<ThreadColumn />);
  await stage.settle();
  await stage.thread({ text: 'a secret' });
  expect(screen.getByText('a secret')).toBeDefined();
  expect(stage.app.current.value?.id).toBe('c1');
  const top = 9;
  await stage.hear({ t: 'reset', thread: 't1', common: [0, ''], gone: true });
  await stage.hear({ t: 'conversation', gone: true, conversation: { id: 'c1', thread: 't1', top } });
  expect(stage.app.conversations.get('c1')).toBeUndefined();
  expect(stage.app.route.place.value).toMatchObject({ screen: 'list', conversation: '' });
  expect(screen.queryByText('a secret')).toBeNull();
  stage.app.conversations.apply(aConversation({ top }));
  expect(stage.app.conversations.get('c1')).toBeUndefined();
  await stage.hear({ t: 'conversation', conversation: aConversation({ top: top + 1 }) });
  expect(stage.app.conversations.get('c1')).toBeDefined();
  stage.app.conversations.show(); // without the pace of many frames
  stage.app.route.conversation('c1');
  await stage.settle();
  expect(stage.sent.filter((f) => f.t === 'subscribe' && f.thread === 't1')).toHaveLength(2);
});
