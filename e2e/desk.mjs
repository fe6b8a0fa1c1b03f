// What an agent does, by REST: for tests in which the page matters and the console does not.
import { eventually } from './cast.mjs';
import { agents, logIn, rest, serverKey } from './stage.mjs';

export class Desk {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** Signs an agent in and makes him available. */
  static async open(url, person = agents.anna) {
    const desk = new Desk(url, await logIn(url, person));
    await desk.status('online');
    return desk;
  }

  call(path, options = {}) {
    return rest(this.url, path, { token: this.token, ...options });
  }
  status(status) {
    return this.call('/me/status', { method: 'PUT', body: { status } });
  }

  /** The conversation in which the text was written, once it was. `open`: it is not over. */
  conversation(text, { open = false } = {}) {
    return eventually(async () => {
      const { data } = await this.call('/conversations?limit=20');
      for (const conversation of data) {
        if (open && conversation.state === 'closed') continue;
        const messages = await this.messages(conversation);
        if (messages.some((message) => message.text === text)) return conversation;
      }
      return null;
    });
  }
  async messages({ id }) {
    return (await this.call(`/conversations/${id}/messages?limit=100`)).data;
  }
  accept({ id }) {
    return this.call(`/conversations/${id}/accept`, { method: 'POST' });
  }
  say({ id }, text) {
    return this.call(`/conversations/${id}/messages`, { method: 'POST', body: { text } });
  }
  close({ id }) {
    return this.call(`/conversations/${id}/close`, { method: 'POST' });
  }
  edit({ id }, message, text) {
    return this.call(`/conversations/${id}/messages/${message.id}`, { method: 'PATCH', body: { text } });
  }
  remove({ id }, message) {
    return this.call(`/conversations/${id}/messages/${message.id}`, { method: 'DELETE' });
  }

  /** The shop's own program asks, with answers to choose from. */
  ask({ id }, text, choices) {
    const body = { text, choices };
    return rest(this.url, `/conversations/${id}/messages`, { method: 'POST', token: serverKey, body });
  }
  block({ visitor }, blocked = true) {
    return rest(this.url, `/contacts/${visitor}`, { method: 'PATCH', token: serverKey, body: { blocked } });
  }

  /** Nobody waits, and nothing goes on. */
  async tidy() {
    for (const state of ['waiting', 'active']) {
      const { data } = await rest(this.url, `/conversations?state=${state}`, { token: serverKey });
      for (const { id } of data)
        await rest(this.url, `/conversations/${id}/close`, { method: 'POST', token: serverKey, body: {} });
    }
  }

  /** What is kept of the visitor of a conversation, once it is as asked. */
  contact({ visitor }, is = () => true) {
    return eventually(async () => {
      const contact = await rest(this.url, `/contacts/${visitor}`, { token: serverKey });
      return is(contact) ? contact : null;
    });
  }
  history({ visitor }, is) {
    return eventually(async () => {
      const { data } = await rest(this.url, `/contacts/${visitor}/history?limit=100`, { token: serverKey });
      return data.find(is);
    });
  }
}
