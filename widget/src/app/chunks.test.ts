import { expect, test, vi } from 'vitest';
import * as consent from '../consent';
import type { Load } from '../loader/chunks';
import { laterChunks } from './chunks';

test('a panel that does not load is asked for in another folder, and what shares its modules comes from there too', async () => {
  vi.stubGlobal('PANEL_CHUNK', 'panel.js');
  vi.stubGlobal('THREAD_CHUNK', 'thread.js');
  vi.stubGlobal('RULES_CHUNK', 'rules.js');
  const asked: string[] = [];
  const load = (async (name: string) => {
    asked.push(name);
    if (name === 'panel.js') throw new Error('no network');
    return {};
  }) as Load;
  const chunks = laterChunks(load, consent);
  await expect(chunks.panel()).rejects.toThrow('no network');
  await chunks.panel();
  await chunks.thread();
  await chunks.rules();
  expect(asked).toEqual(['panel.js', '1/panel.js', '1/thread.js', 'rules.js']);
});
