import { textRunes } from '../../../chat/limits.json';
import { checkRules } from '../../../widget/src/rules/check';
import type { Fault, Widget } from '../../../widget/src/types';
import { type Calls, readPhone } from './calls';
import { type Contact, type ContactData, contactFields } from './contact';

type Raw = Record<string, unknown>;
interface Ok {
  result: 'ok';
}
interface Fail {
  result: 'fail';
  reason: string;
}
type Answer = Ok | Fail;

export type Api = ReturnType<typeof makeApi>;

const disabled = 'Callback disabled';
const unavailable = 'Callback unavaiable'; // so spelt by the original, and compared by pages
const badPhone = 'The phone must be + and 7 to 15 digits.';

const ok = (): Ok => ({ result: 'ok' });
const isObject = (raw: unknown): raw is Raw => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

function warn(message: string): void {
  console.warn(`JivoChat: ${message}`);
}

function fail(reason: string): Fail {
  warn(reason);
  return { result: 'fail', reason };
}

async function report(work: Promise<Fault | null>): Promise<void> {
  const fault = await work;
  if (fault) warn(fault.message);
}

function callBack(callback: unknown, ...args: unknown[]): void {
  try {
    if (typeof callback === 'function') callback(...args);
  } catch (error) {
    console.error('JivoChat:', error);
  }
}

/** The methods that a page finds in `jivo_api`. They need no `this`, answer at once, and throw nothing. */
export function makeApi(widget: Widget, contact: Contact, calls: Calls) {
  const callback = (): Answer => {
    if (!widget.config?.calls) return { result: 'fail', reason: disabled };
    return calls.unavailable ? { result: 'fail', reason: unavailable } : ok();
  };
  const online = (): boolean => !!widget.availability?.online;

  const api = {
    open(options?: unknown): Answer {
      const start = isObject(options) ? options.start : undefined;
      if (start === 'call') {
        const may = callback();
        if (may.result === 'fail') return may;
      }
      const view = start === 'call' || (start === 'menu' && widget.mobile) ? start : 'chat';
      return widget.open({ view }) ? ok() : fail('The window cannot be opened.');
    },

    close(): Answer {
      widget.close();
      return ok();
    },

    chatMode: (): 'online' | 'offline' => (online() ? 'online' : 'offline'),

    getContactInfo() {
      const name = contact.get('name');
      return {
        client_name: name,
        name,
        email: contact.get('email'),
        phone: contact.get('phone'),
        description: contact.get('description'),
      };
    },

    getVisitorNumber(done?: unknown): void {
      queueMicrotask(() => {
        const no = widget.user?.no;
        if (no) callBack(done, null, no);
        else callBack(done, 'The visitor has no number yet.');
      });
    },

    setContactInfo(raw?: unknown): Answer {
      const data = readContact(raw);
      if (typeof data === 'string') return fail(data);
      if (Object.keys(data).length) void report(contact.set(data));
      return ok();
    },

    setCustomData(raw?: unknown): Answer {
      if (!Array.isArray(raw)) return fail('Custom data must be array.');
      const fields = raw.map(panelField);
      if (fields.includes(null)) return fail('Fields of custom data must be objects of texts.');
      void report(widget.patch('panel', { fields }, true));
      return ok();
    },

    setRules(raw?: unknown): Answer {
      const rules = checkRules(raw);
      if (typeof rules === 'string') return fail(rules);
      widget.setRules(rules);
      return ok();
    },

    setUserToken(token?: unknown) {
      const fits = typeof token === 'string' ? token !== '' : typeof token === 'number' && Number.isFinite(token);
      if (!fits) {
        warn('The user token must be text or a number.');
        return { result: 'fail' as const, token: token || false };
      }
      void report(widget.patch('site', { token: String(token) }));
      return { result: 'ok' as const, token };
    },

    showProactiveInvitation(text?: unknown, department?: unknown): Answer {
      if (typeof text !== 'string' || !text.trim()) return fail('The invitation has no text.');
      if (!online()) return fail('Nobody is online.');
      const group = widget.config?.groups.find(({ no }) => no === department)?.id;
      if (!widget.invite(text, group, { open: true })) return fail('A conversation is going on.');
      widget.open({ view: 'chat' });
      return ok();
    },

    startCall(raw?: unknown): Answer {
      const may = callback();
      if (may.result === 'fail') return may;
      const phone = readPhone(raw);
      if (!phone) return fail(badPhone);
      void calls.start(phone);
      return may;
    },

    isCallbackEnabled(done?: unknown): Answer {
      const answer = callback();
      callBack(done, answer);
      return answer;
    },

    sendOfflineMessage(raw?: unknown): Ok | { result: 'fail'; error: string } {
      const order = readOffline(raw, contact);
      const error = widget.view === 'blocked' ? 'Messages of this visitor are refused.' : order;
      if (typeof error === 'string') {
        warn(error);
        return { result: 'fail', error };
      }
      const { message, data } = error;
      if (Object.keys(data).length) void report(contact.set(data));
      widget.send(message, { offline: true });
      return ok();
    },
  };
  return api;
}

/** What is given, "" as null; or what is wrong with it. */
function readContact(raw: unknown): ContactData | string {
  if (!isObject(raw)) return 'Contact info must be an object.';
  const data: ContactData = {};
  for (const field of contactFields) {
    const value = raw[field];
    if (value === undefined) continue;
    if (typeof value !== 'string') return `${field} must be a string.`;
    data[field] = value || null;
  }
  return data;
}

/** A field with its texts; numbers and the like are texts to a page. Null if it is none. */
function panelField(raw: unknown): Record<string, string> | null {
  if (!isObject(raw)) return null;
  const given = ['title', 'content', 'link', 'key'].filter((name) => raw[name] != null);
  if (!given.every((name) => ['string', 'number', 'boolean'].includes(typeof raw[name]))) return null;
  return Object.fromEntries(given.map((name) => [name, String(raw[name])]));
}

/** An empty field of an order form is none; a message has something to answer to. */
function readOffline(raw: unknown, contact: Contact): { message: string; data: ContactData } | string {
  const data = readContact(raw);
  if (typeof data === 'string') return data;
  const { message } = raw as Raw;
  if (typeof message !== 'string' || !message.trim()) return 'The message must not be empty.';
  if ([...message].length > textRunes) return 'The message is too long.';
  for (const field of contactFields) if (data[field] === null) delete data[field];
  if (data.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(data.email)) return 'The email is not valid.';
  if (data.phone && !readPhone(data.phone)) return badPhone;
  const reachable = data.email || data.phone || contact.get('email') || contact.get('phone');
  return reachable ? { message, data } : 'An email or a phone is needed.';
}
