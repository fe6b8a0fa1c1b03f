import { cleanup, fireEvent, screen, within } from '@testing-library/preact';
import { afterEach, expect, test } from 'vitest';
import type { PanelField } from '../net/types';
import { aConversation } from '../state/testing';
import { Overlays } from './Overlays';
import { aConsole, aContact, refusal } from './testing';
import { VisitorPane } from './VisitorPane';

afterEach(cleanup);

const pane = <VisitorPane visitor="v1" name="Maya" level="claimed" beside="c1" close={() => undefined} />;
const section = (name: string) => screen.getByRole('region', { name });
const lines = (name: string) =>
  [...section(name).querySelectorAll('dl > div')].map((row) => (row.textContent ?? '').replace(/\s+/g, ' ').trim());

/** The pane of a visitor of whom the server knows this. */
async function shown(contact: ReturnType<typeof aContact>, more: Record<string, unknown> = {}) {
  const stage = await aConsole({ answers: { 'GET /contacts/v1': contact, ...more } });
  stage.show(
    <>
      {pane}
      <Overlays />
    </>,
  );
  await stage.settle();
  return stage;
}

/** The panel's fields as they are drawn. */
async function panel(fields: PanelField[], safeUrls: string[][] = []) {
  const channels = safeUrls.map((safe, i) => ({ widgetId: String(i), name: '', safeUrls: safe }));
  const stage = await aConsole({
    answers: {
      'GET /account': { id: 'acme', name: 'Acme', channels },
      'GET /contacts/v1': aContact({}, { panel: fields }),
    },
  });
  stage.show(pane);
  await stage.settle();
  return { ...stage, fields: () => [...section('Panel of the page').querySelectorAll('.pf')] };
}

test('JIVO-JS-052 JIVO-JS-054 JIVO-JS-056 JIVO-JS-049 the fields of a page stand in their order, headed, with their labels', async () => {
  const { fields } = await panel([
    { title: 'Cart', key: 'Total', content: '€ 389' },
    { content: 'Club member' },
    { title: 'Actions', content: 'Open in the shop' },
  ]);
  expect(fields().map((f) => f.textContent)).toEqual(['CartTotal: € 389', 'Club member', 'ActionsOpen in the shop']);
  expect(fields()[0]?.querySelector('h4')?.textContent).toBe('Cart');
  expect(fields()[0]?.querySelector('b')?.textContent).toBe('Total:');
  expect(
    fields()[0]
      ?.querySelector('h4')
      ?.compareDocumentPosition(fields()[0]?.querySelector('p') as Node),
  ).toBe(4);
});

test('JIVO-JS-053 markup in a field is text', async () => {
  const evil = '<img src=x onerror=alert(1)><b>bold</b>';
  const { fields } = await panel([{ title: evil, key: evil, content: evil }]);
  expect(fields()[0]?.textContent).toBe(`${evil}${evil}: ${evil}`);
  expect(fields()[0]?.querySelectorAll('img, b b, script')).toHaveLength(0);
});

test('JIVO-JS-055 JIVO-JS-061 a field with a link opens it, in a page of its own, whatever the host if no safe ones are named', async () => {
  const { fields } = await panel([{ key: 'Order', content: '48213', link: 'http://crm.anywhere.test/48213' }]);
  const link = within(fields()[0] as HTMLElement).getByRole('link', { name: 'Order: 48213' });
  expect(link.getAttribute('href')).toBe('http://crm.anywhere.test/48213');
  expect([link.getAttribute('target'), link.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer nofollow ugc',
  ]);
});

test('JIVO-JS-061 only web addresses are links; the text of the others stays', async () => {
  const { fields } = await panel([
    { content: 'run', link: 'javascript:alert(1)' },
    { content: 'look', link: 'data:text/html,x' },
  ]);
  expect(fields().map((f) => f.textContent?.trim())).toEqual(['run', 'look']);
  expect(screen.queryByRole('link')).toBeNull();
});

test('JIVO-JS-060 JIVO-JS-062 with safe hosts a link elsewhere is not seen, and the text of its field stays', async () => {
  const { fields } = await panel(
    [
      { content: 'ours', link: 'https://crm.tern.example/1' },
      { content: 'theirs', link: 'https://tern.example.evil.test/1' },
      { content: 'also', link: 'https://shop.test/' },
    ],
    [['tern.example'], [], ['shop.test']],
  );
  expect(fields().map((f) => f.textContent?.trim())).toEqual(['ours', 'theirs', 'also']);
  expect(screen.getAllByRole('link').map((a) => a.textContent?.trim())).toEqual(['ours', 'also']);
  expect(document.body.innerHTML).not.toContain('evil.test');
});

test('JIVO-JS-060 as long as the safe hosts are not known no link is seen', async () => {
  const stage = await aConsole();
  stage.app.safeHosts.value = null;
  stage.server.answers['GET /contacts/v1'] = aContact({}, { panel: [{ content: 'x', link: 'https://a.test/' }] });
  stage.show(pane);
  await stage.settle();
  expect(section('Panel of the page').textContent).toContain('x');
  expect(screen.queryByRole('link')).toBeNull();
});

test('JIVO-JS-051 what the page says now stands in the pane at once', async () => {
  const { hear, server, fields } = await panel([{ content: 'before' }]);
  server.answers['GET /contacts/v1'] = aContact({}, { panel: [{ content: 'after' }] });
  await hear({ t: 'contact', id: 'somebody', visitors: ['v7'] });
  expect(fields().map((f) => f.textContent?.trim())).toEqual(['before']);
  await hear({ t: 'contact', id: 'v1', visitors: ['v1'] });
  expect(fields().map((f) => f.textContent?.trim())).toEqual(['after']);
});

test('JIVO-JS-006 JIVO-JS-007 the closed chat of somebody who left still has what the page said of him beside it', async () => {
  const stage = await aConsole({ conversation: { state: 'closed' } });
  stage.server.answers['GET /contacts/v1'] = aContact(
    { phone: '+4755', description: 'from Bergen' },
    { basic: { phone: '+4755', description: 'from Bergen' }, panel: [{ key: 'Plan', content: 'Club' }] },
  );
  delete stage.server.answers['GET /visitors/v1'];
  stage.show(pane);
  await stage.settle();
  expect(lines('Contact')).toEqual(['Phone+4755', 'Descriptionfrom Bergen']);
  expect(section('Panel of the page').textContent).toContain('Plan: Club');
});

test('CHATRA-JS-102 CHATRA-JS-106 all integration data stands in the pane, marked as unverified', async () => {
  await shown(
    aContact(
      { name: 'Maya', email: 'maya@x.test' },
      { integration: { 'order total': 389, beta: true, notes: '<i>n</i>' }, attributes: { plan: 'Club' } },
    ),
  );
  expect(lines('From the page')).toEqual(['order total389', 'betaYes', 'notes<i>n</i>']);
  expect(within(section('From the page')).getByText('from the page, unverified')).toBeTruthy();
  expect(within(section('Attributes')).queryByText('from the page, unverified')).toBeNull();
});

test('JIVO-JS-059 what a page shows the agents is marked as unverified, and so is each thing that somebody unproven said', async () => {
  await shown(
    aContact(
      {
        phone: '+4755',
        sources: { 'basic.phone': 'said', panel: 'proven', 'attributes.plan': 'said', 'attributes.vip': 'team' },
      },
      { basic: { phone: '+4755' }, panel: [{ content: 'x' }], attributes: { plan: 'Club', vip: true } },
    ),
  );
  expect(within(section('Panel of the page')).getByText('from the page, unverified')).toBeTruthy();
  expect(lines('Contact')).toEqual(['Phone+4755']);
  expect(within(section('Contact')).getByText('said, not proven')).toBeTruthy();
  expect(lines('Attributes')).toEqual(['PlanClub said, not proven', 'VipYes']);
});

test('what is known of a person stands apart by how it is known; events are counted', async () => {
  const attributes = {
    plan: 'pro',
    'order count': 2,
    'order first': '2026-09-20T10:00:00.000Z',
    'order last': '2026-09-21T10:00:00.000Z',
  };
  await shown(
    aContact(
      {
        attributes,
        consents: { terms: { value: true, at: 5e11 }, marketing: { value: false, at: 5e11 } },
        externalId: '42',
      },
      { form: { size: 'L' }, attributes: { plan: 'pro' } },
    ),
  );
  expect(lines('Contact')).toEqual(['Id of the site42']);
  expect(lines('Attributes')).toEqual(['Planpro']);
  expect(lines('From forms')).toEqual(['sizeL']);
  expect(lines('Events')).toHaveLength(1);
  expect(lines('Events')[0]).toMatch(/^order2 times, last .*2026/);
  expect(lines('Consents').map((l) => l.replace(/,.*/, ''))).toEqual(['TermsAgreed', 'MarketingRefused']);
});

test('the history tells events and feedback, newest first, eight of them until more are asked for', async () => {
  const happenings = [
    { kind: 'feedback', at: 90, feedback: { text: 'slow checkout', page: { url: 'https://a.test/cart' } } },
    { kind: 'page', at: 80, page: { url: 'https://a.test/', at: 80 } },
    ...Array.from({ length: 9 }, (_, i) => ({
      kind: 'event',
      at: 70 - i,
      event: { name: `did ${i}`, data: { n: i } },
    })),
  ];
  await shown(aContact(), { 'GET /contacts/v1/history': { data: happenings, next: null } });
  const items = () => within(section('History')).getAllByRole('listitem');
  expect(items()).toHaveLength(8);
  expect(items()[0]?.textContent).toContain('slow checkout/cart');
  expect(items()[1]?.textContent).toContain('did 0n: 0');
  fireEvent.click(screen.getByRole('button', { name: 'Show all 10' }));
  expect(items()).toHaveLength(10);
});

test('a visitor is blocked after a question, shown as blocked, and let in again', async () => {
  const { server, settle, app } = await shown(aContact());
  server.answers['PATCH /contacts/v1'] = aContact({ blocked: true });
  const patched = () => server.asked.filter((a) => a.line.startsWith('PATCH')).map((a) => a.body);
  const menu = (row: string) => {
    fireEvent.click(screen.getByRole('button', { name: 'Visitor, more' }));
    fireEvent.click(screen.getByRole('button', { name: row }));
  };
  menu('Block this visitor');
  expect(patched()).toEqual([]);
  fireEvent.click(screen.getByRole('button', { name: /^Block/ }));
  await settle();
  expect(patched()).toEqual([{ blocked: true }]);
  expect(screen.getByText('Blocked')).toBeTruthy();
  expect(app.toasts.current.value?.text).toBe('Maya is blocked');
  server.answers['PATCH /contacts/v1'] = aContact();
  menu('Unblock this visitor');
  await settle();
  expect(patched()).toEqual([{ blocked: true }, { blocked: false }]);
  expect(screen.queryByText('Blocked')).toBeNull();
});

test('a refused block changes nothing and is told', async () => {
  const { server, settle, app } = await shown(aContact());
  server.answers['PATCH /contacts/v1'] = refusal(503, 'unavailable');
  await app.people.block('v1', 'Maya', true);
  await settle();
  expect(screen.queryByText('Blocked')).toBeNull();
  expect(app.toasts.current.value?.text).toContain('Nothing was changed');
});

test('after a gap in the connection the person is read again', async () => {
  const { server, app, hear } = await shown(aContact({ phone: '1' }, { basic: { phone: '1' } }));
  server.answers['GET /contacts/v1'] = aContact({ phone: '2' }, { basic: { phone: '2' } });
  await hear({ t: 'stale' });
  expect(app.people.of('v1').value.contact?.phone).toBe('2');
  expect(lines('Contact')).toEqual(['Phone2']);
});

const card = {
  url: 'https://crm.tern.example/7',
  assign: true,
  page: { url: 'https://shop.tern.example/landing', title: 'Landing' },
};

/** The pane of a chat whose card is this, with a line of the site's own systems and one of its page. */
async function carded(chat: object) {
  const stage = await aConsole({
    conversation: chat,
    answers: {
      'GET /account': { id: 'acme', name: 'Acme', channels: [{ widgetId: '1', name: '', safeUrls: ['tern.example'] }] },
      'GET /contacts/v1': aContact(
        {},
        {
          panel: [
            { title: 'Client', content: 'since 2019', link: 'http://erp.test/7', source: 'team' },
            { content: 'bad', link: 'javascript:alert(1)', source: 'team' },
            { content: 'cart of 3', link: 'https://evil.test/' },
          ],
        },
      ),
    },
  });
  stage.show(pane);
  await stage.settle();
  return stage;
}

/** What stands in the pane, in its order. */
const order = () => {
  const all = [...document.querySelectorAll('.vp .bind button, .vp .pf, .vp .card-end a')];
  return all.map((node) => node.textContent?.trim());
};

test('JIVO-WH-074 JIVO-WH-076 JIVO-WH-077 JIVO-WH-078 the button to bind stands before all fields, the link to the card under them', async () => {
  await carded({ card });
  expect(order()).toEqual(['Bind to the card', 'Clientsince 2019', 'bad', 'cart of 3', 'Landing', 'Open the card']);
  const link = screen.getByRole('link', { name: 'Open the card' });
  expect([link.getAttribute('href'), link.getAttribute('target'), link.getAttribute('rel')]).toEqual([
    'https://crm.tern.example/7',
    '_blank',
    'noopener noreferrer',
  ]);
  expect(screen.getByRole('link', { name: 'Landing' }).getAttribute('href')).toBe('https://shop.tern.example/landing');
});

test('JIVO-WH-074 JIVO-WH-081 lines of the own systems are shown as trusted, those of the page are not; only web addresses are links', async () => {
  await carded({ card });
  expect(within(section('From your systems')).getByText('set by your server')).toBeTruthy();
  expect(within(section('From your systems')).queryByText('from the page, unverified')).toBeNull();
  expect(within(section('Panel of the page')).getByText('from the page, unverified')).toBeTruthy();
  const links = screen.getAllByRole('link').map((a) => a.getAttribute('href'));
  expect(links.filter((href) => !href?.includes('tern.example'))).toEqual(['http://erp.test/7']);
});

test('JIVO-WH-076 without the offer, and without a web address, there is no button', async () => {
  await carded({ card: { ...card, assign: false, url: 'javascript:alert(1)', page: { url: 'data:x' } } });
  expect(order()).toEqual(['Clientsince 2019', 'bad', 'cart of 3']);
  cleanup();
  await carded({});
  expect(order()).toEqual(['Clientsince 2019', 'bad', 'cart of 3']);
});

test('JIVO-WH-080 the button binds once, keeps the focus, and says that it is bound', async () => {
  const { server, settle } = await carded({ card });
  server.answers['POST /conversations/c1/link'] = aConversation({ card, linkedTo: card.url, top: 11 });
  const button = screen.getByRole('button', { name: 'Bind to the card' });
  button.focus();
  fireEvent.click(button);
  fireEvent.click(button);
  await settle();
  const bound = screen.getByRole('button', { name: 'Bound to the card' });
  expect(bound.getAttribute('aria-disabled')).toBe('true');
  expect(document.activeElement).toBe(bound);
  fireEvent.click(bound);
  await settle();
  expect(server.asked.filter((a) => a.line.endsWith('/link'))).toHaveLength(1);
});

test('JIVO-WH-005 what the card’s system has against it is shown at once, and it may be tried again', async () => {
  const { hear } = await carded({ card, linkedTo: card.url });
  expect(screen.queryByRole('alert')).toBeNull();
  const after = aConversation({ card: { ...card, error: 'Lead not found' }, top: 12 });
  await hear({ t: 'conversation', conversation: after });
  expect((await screen.findByRole('alert')).textContent).toBe('The card was not bound: Lead not found');
  expect(screen.getByRole('button', { name: 'Bind to the card' }).getAttribute('aria-disabled')).toBe('false');
});

test('a closed chat can be bound no more, and still shows its card', async () => {
  await carded({ card, state: 'closed' });
  expect(order()).toEqual(['Clientsince 2019', 'bad', 'cart of 3', 'Landing', 'Open the card']);
  cleanup();
  await carded({ card, state: 'closed', linkedTo: card.url });
  expect(order()[0]).toBe('Bound to the card');
});
