import { expect, test } from 'vitest';
import { earlierPages } from './details';
import { Drafts } from './drafts';
import { format, parse } from './route';
import { aStorage, aVisitor } from './testing';
import { changesBetween, search, sorted, Visitors } from './visitors';

test('visitors come, move and go; the first load points out nobody', () => {
  let now = 100;
  const all = new Visitors(() => now);
  all.replace([aVisitor()]);
  expect(all.arrivedAt('v1')).toBe(0);
  now = 200;
  all.apply(aVisitor({ id: 'v2' }), false);
  expect(all.arrivedAt('v2')).toBe(200);
  all.apply(aVisitor(), true);
  expect(all.present.value.map((v) => v.id)).toEqual(['v2']);
  expect(all.isPresent('v1')).toBe(false);
});

test('a load does not bring back who left meanwhile', () => {
  const all = new Visitors(() => 0);
  all.replace([aVisitor()]);
  all.beginLoad();
  all.apply(aVisitor(), true);
  all.replace([aVisitor()]);
  expect(all.present.value).toEqual([]);
});

test('search takes every word, anywhere; sorting is stable', () => {
  const maya = aVisitor({ id: 'a', name: 'Maya', since: 2, visit: { no: 3, startedAt: 0, pages: 1 } });
  const jonas = aVisitor({
    id: 'b',
    name: 'Jonas',
    since: 1,
    referrer: 'https://search.test/',
    visit: { no: 3, startedAt: 0, pages: 1 },
  });
  expect(search([maya, jonas], 'tents jon').map((v) => v.id)).toEqual(['b']);
  expect(search([maya, jonas], 'search').map((v) => v.id)).toEqual(['b']);
  expect(sorted([maya, jonas], { key: 'visits', down: true }, () => '').map((v) => v.id)).toEqual(['b', 'a']);
  expect(sorted([maya, jonas], { key: 'name', down: true }, () => '').map((v) => v.id)).toEqual(['a', 'b']);
});

test('a held table counts who came, went and moved', () => {
  const stays = aVisitor({ id: 'stays' });
  const goes = aVisitor({ id: 'goes' });
  const moved = aVisitor({ id: 'stays', page: { url: 'https://a.test/cart' } });
  expect(changesBetween([stays, goes], [stays, goes])).toBe(0);
  expect(changesBetween([stays, goes], [moved, aVisitor({ id: 'comes' })])).toBe(3);
});

test('the trail tells the time on each page before this one', () => {
  const trail = [
    { url: '/c', at: 90 },
    { url: '/a', at: 10 },
    { url: '/b', at: 40 },
  ];
  expect(earlierPages(trail, 90).map((s) => [s.url, s.millis])).toEqual([
    ['/b', 50],
    ['/a', 30],
  ]);
});

test('addresses and places are the same thing', () => {
  for (const path of [
    '/console/mine',
    '/console/queue/c1',
    '/console/open/c1/visitor',
    '/console/visitors',
    '/console/visitors/v1',
  ]) {
    expect(format(parse(path))).toBe(path);
  }
  expect(parse('/console')).toEqual({ screen: 'list', list: 'mine', conversation: '', pane: false });
  expect(parse('/console/chat/T1')).toMatchObject({ conversation: '', thread: 'T1' });
  expect(parse('/console/%E0%A4%A')).toMatchObject({ list: 'mine' });
});

test('drafts survive a reload, apart by agent, reply and note', () => {
  const storage = aStorage();
  const drafts = new Drafts(storage, 'ann', () => 1);
  drafts.set('t1', 'reply', 'hello');
  drafts.set('t1', 'note', 'secret');
  const again = new Drafts(storage, 'ann', () => 2);
  expect([again.text('t1', 'reply'), again.text('t1', 'note'), again.mode('t1')]).toEqual(['hello', 'secret', 'note']);
  expect(new Drafts(storage, 'ben', () => 2).text('t1', 'reply')).toBe('');
  again.set('t1', 'note', '');
  again.set('t1', 'reply', '');
  expect(storage.length).toBe(0);
});
