import { expect, test } from 'vitest';
import { applyBubbles } from './bubbles';

test('CHATRA-JS-040 colours of bubbles are CSS variables and nothing else, so browsers without them keep the usual ones', () => {
  const host = document.createElement('div');
  applyBubbles(host, { clientBubbleBg: '#123456', agentBubbleBg: '#eeeeee', buttonBg: '#ff0000' });
  const set = Array.from(host.style).sort();
  expect(set).toEqual(['--cf-agent-bg', '--cf-agent-text', '--cf-client-bg', '--cf-client-text']);
  expect(host.style.getPropertyValue('--cf-client-bg')).toBe('#123456');
  applyBubbles(host, {});
  expect(host.style.length).toBe(0);
});
