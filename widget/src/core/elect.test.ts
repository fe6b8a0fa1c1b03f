import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as lease from '../lease/main';
import { type Election, elect, type LoadLease } from './elect';

const elections: Election[] = [];
let leaders: Set<string>;

/** One tab that takes part. */
function tab(name: string, load: LoadLease = async () => lease): Election {
  const election = elect(
    'site',
    () => leaders.add(name),
    () => leaders.delete(name),
    load,
  );
  elections.push(election);
  return election;
}

beforeEach(() => {
  leaders = new Set();
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  for (const election of elections.splice(0)) election.leave();
  vi.useRealTimers();
});

/** Web Locks as browsers have them: one holder, a queue, and requests that can be withdrawn. */
class FakeLocks {
  private readonly queue: { work: () => Promise<void>; done: () => void; fail: (e: unknown) => void }[] = [];
  private held = false;

  request(_: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
    return new Promise((done, fail) => {
      const wish = { work, done, fail };
      this.queue.push(wish);
      signal.addEventListener('abort', () => {
        const at = this.queue.indexOf(wish);
        if (at >= 0) this.queue.splice(at, 1);
        if (at >= 0) fail(signal.reason);
      });
      this.next();
    });
  }
  private next(): void {
    const wish = this.held ? undefined : this.queue.shift();
    if (!wish) return;
    this.held = true;
    void wish.work().then(() => {
      this.held = false;
      wish.done();
      this.next();
    });
  }
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test('by lock: one leads, and the next in line follows it', async () => {
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
  const [a, b] = [tab('a'), tab('b'), tab('c')];
  expect([...leaders]).toEqual(['a']);
  b.leave(); // while it waits
  a.leave();
  leaders.delete('a');
  await settled();
  expect([...leaders]).toEqual(['c']);
});

test('by lease: one of three leads within a moment, and stays', async () => {
  vi.stubGlobal('navigator', {});
  for (const name of ['a', 'b', 'c']) tab(name);
  await vi.advanceTimersByTimeAsync(1500);
  expect(leaders.size).toBe(1);
  const [first] = leaders;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...leaders]).toEqual([first]);
});

test('by lease: who leaves frees it, and another leads at its next look', async () => {
  vi.stubGlobal('navigator', {});
  const a = tab('a');
  await vi.advanceTimersByTimeAsync(1500);
  tab('b');
  expect([...leaders]).toEqual(['a']);
  a.leave();
  leaders.delete('a');
  await vi.advanceTimersByTimeAsync(3000);
  expect([...leaders]).toEqual(['b']);
});

test('by lease: a tab that died without a word is succeeded when its lease ran out', async () => {
  vi.stubGlobal('navigator', {});
  localStorage.setItem('site', `dead ${Date.now() + 5000}`);
  tab('b');
  await vi.advanceTimersByTimeAsync(4500);
  expect([...leaders]).toEqual([]);
  await vi.advanceTimersByTimeAsync(3000);
  expect([...leaders]).toEqual(['b']);
});

test('by lease: who lost it while the browser held its clock follows the new leader', async () => {
  vi.stubGlobal('navigator', {});
  tab('a');
  await vi.advanceTimersByTimeAsync(1500);
  expect([...leaders]).toEqual(['a']);
  localStorage.setItem('site', `other ${Date.now() + 5000}`);
  await vi.advanceTimersByTimeAsync(1500);
  expect([...leaders]).toEqual([]);
});

test('by lease: a tab whose script for it does not load stands alone', async () => {
  vi.stubGlobal('navigator', {});
  tab('a', () => Promise.reject(new Error('no network')));
  tab('b', () => Promise.reject(new Error('no network'))).leave();
  await settled();
  expect([...leaders]).toEqual(['a']);
});

test('by lease: who leaves before it began never leads', async () => {
  vi.stubGlobal('navigator', {});
  tab('a').leave();
  await vi.advanceTimersByTimeAsync(3000);
  expect([...leaders]).toEqual([]);
});

test('without any means every tab stands alone', () => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('BroadcastChannel', undefined);
  tab('a');
  tab('b');
  expect([...leaders]).toEqual(['a', 'b']);
});
