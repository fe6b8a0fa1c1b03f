import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { arrived, Chatra, FakeWidget, leave, page } from './fake_widget';

let warn: ReturnType<typeof vi.spyOn>;
const warnings = () => warn.mock.calls.map(([message]: unknown[]) => String(message));
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(leave);

function visited(integration?: unknown): FakeWidget {
  const widget = new FakeWidget();
  page({}, integration);
  arrived(widget);
  return widget;
}

test('CHATRA-JS-008 CHATRA-JS-097 CHATRA-JS-098 CHATRA-JS-099 CHATRA-JS-100 the page says who its visitor is', () => {
  const data = { name: 'Ann', email: 'a@b.test', phone: '+1', notes: 'n', 'Cart value': 12.5, 'Is new': false };
  const widget = visited(data);
  expect(widget.patch).toHaveBeenCalledExactlyOnceWith('integration', data, true);
  expect(warn).not.toHaveBeenCalled();
});

test('CHATRA-JS-008 a page that says nothing erases nothing', () => {
  expect(visited().patch).not.toHaveBeenCalled();
});

test('CHATRA-JS-097 CHATRA-JS-103 CHATRA-JS-127 setIntegrationData replaces all that was said before', () => {
  const widget = visited({ name: 'Ann' });
  Chatra('setIntegrationData', { Plan: 'gold' });
  expect(widget.patch).toHaveBeenLastCalledWith('integration', { Plan: 'gold' }, true);
});

test('CHATRA-JS-104 CHATRA-JS-128 updateIntegrationData changes what is given, and null removes', () => {
  const widget = visited();
  Chatra('updateIntegrationData', { Plan: null, name: 'Bob', n: 0, ok: true });
  expect(widget.patch).toHaveBeenLastCalledWith('integration', { Plan: null, name: 'Bob', n: 0, ok: true }, false);
  expect(warn).not.toHaveBeenCalled();
});

test.each([[null], [undefined], [{}], [[]], [() => 1], [Number.NaN], [Number.POSITIVE_INFINITY], [Symbol('x')], [1n]])(
  'CHATRA-JS-101 a value of another type is named and left out, the others are taken: %s',
  (bad) => {
    const widget = visited({ good: 'x', bad });
    expect(widget.patch).toHaveBeenLastCalledWith('integration', { good: 'x' }, true);
    Chatra('setIntegrationData', { good: 'y', bad });
    expect(widget.patch).toHaveBeenLastCalledWith('integration', { good: 'y' }, true);
    expect(warnings()).toEqual([
      'Chatra: ChatraIntegration does not take this value of "bad"',
      'Chatra: setIntegrationData does not take this value of "bad"',
    ]);
  },
);

test.each([[null], [undefined], ['x'], [[]], [7]])(
  'CHATRA-JS-006 data that is no object is named and changes nothing: %j',
  (data) => {
    const widget = visited();
    Chatra('setIntegrationData', data);
    Chatra('updateIntegrationData', data);
    expect(widget.patch).not.toHaveBeenCalled();
    expect(warnings()).toHaveLength(2);
  },
);

test('what the server does not take is named', async () => {
  const widget = visited();
  widget.patch.mockResolvedValueOnce({ code: 'too_long', message: 'That is too long.' });
  Chatra('setIntegrationData', { name: 'x' });
  await vi.waitFor(() => expect(warnings()).toEqual(['Chatra: That is too long.']));
});
