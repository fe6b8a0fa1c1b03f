import { expect, test } from 'vitest';
import { openPage } from './fake';

test('PAV-JS-058 position moves the launcher to fixed distances', () => {
  const { Pavior, asked } = openPage();
  Pavior('position', { bottom: 40, right: 30 });
  expect(asked()).toEqual([['look', { offset: { bottom: 40, right: 30 } }]]);
});

test('PAV-JS-059 zero leaves a side as it is', () => {
  const { Pavior, asked, warn } = openPage();
  Pavior('position', { bottom: 40, right: 30 });
  asked();
  Pavior('position', { bottom: 0, right: 10 });
  Pavior('position', { top: 0 });
  expect(asked()).toEqual([['look', { offset: { bottom: 40, right: 10 } }]]);
  expect(warn).not.toHaveBeenCalled();
});

test('PAV-JS-060 what is no whole number is ignored with a warning, negative ones are applied', () => {
  const { Pavior, asked, warn } = openPage();
  Pavior('position', { top: '10', left: 1.5, right: Number.NaN, bottom: -20 });
  Pavior('position', 'left');
  expect(asked()).toEqual([['look', { offset: { bottom: -20 } }]]);
  expect(warn).toHaveBeenCalledTimes(4);
});

test('PAV-JS-061 top beats bottom, left beats right, and one side releases the other', () => {
  const { Pavior, asked } = openPage();
  Pavior('position', { top: 1, bottom: 2, left: 3, right: 4 });
  Pavior('position', { bottom: 5 });
  Pavior('position', { right: 6, left: 0 });
  expect(asked()).toEqual([
    ['look', { offset: { top: 1, left: 3 } }],
    ['look', { offset: { left: 3, bottom: 5 } }],
    ['look', { offset: { bottom: 5, right: 6 } }],
  ]);
});

test('PAV-JS-063 PAV-JS-064 inboundMessage sends the text and does not open the chat', () => {
  const { Pavior, asked } = openPage();
  Pavior('inboundMessage', { message: ' Hello ' });
  expect(asked()).toEqual([['send', ' Hello ']]);
});

test('PAV-JS-065 a message that is missing, empty or no text is not sent', () => {
  const { Pavior, asked, warn } = openPage();
  for (const raw of [undefined, 'Hello', {}, { message: '  \n' }, { message: 7 }]) Pavior('inboundMessage', raw);
  expect(asked()).toEqual([]);
  expect(warn).toHaveBeenCalledTimes(1);
});

test('PAV-JS-066 PAV-JS-067 PAV-JS-068 PAV-JS-069 open opens and close closes, however often, and neither toggles', () => {
  const { Pavior, asked } = openPage();
  Pavior('open');
  Pavior('open');
  Pavior('close');
  Pavior('close');
  expect(asked().map(([name]) => name)).toEqual(['open', 'open', 'close', 'close']);
});

test('PAV-JS-070 PAV-JS-071 PAV-JS-073 hide makes the launcher invisible, show visible again', () => {
  const { Pavior, asked } = openPage();
  Pavior('hide');
  Pavior('show');
  expect(asked()).toEqual([['hide'], ['show']]);
});

test('PAV-JS-074 hide is not remembered: the next page starts visible', () => {
  openPage().Pavior('hide');
  const next = openPage();
  next.Pavior('init', { teamId: 'acme', doChat: true });
  expect(next.asked()).toMatchObject([['init', { hidden: false }]]);
});
