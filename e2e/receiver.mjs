// A server of somebody else's that hears of webhooks.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { eventually } from './cast.mjs';

export class Receiver {
  /** All that came, in its order: `{ method, type, body }`. */
  got = [];
  /** What is answered to an event: a status, or an object. */
  answer = () => ({ result: 'ok' });

  static async open() {
    const receiver = new Receiver();
    receiver.server = createServer((request, response) => receiver.take(request, response)).listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    receiver.url = `http://127.0.0.1:${receiver.server.address().port}/hook`;
    return receiver;
  }

  async take(request, response) {
    let text = '';
    for await (const part of request) text += part;
    const body = JSON.parse(text);
    this.got.push({ method: request.method, type: request.headers['content-type'], body });
    const answer = this.answer(body);
    const status = typeof answer === 'number' ? answer : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 200 ? JSON.stringify(answer) : '');
  }

  /** The nth body of which is() holds, once it is there. */
  hears(is, n = 1) {
    return eventually(() => this.got.map(({ body }) => body).filter(is)[n - 1]);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
