// One clock for browsers on the stage: what pages call now is fixed, and every moment that the server names is told as
// the scripted moment in which it lay.

const digits = /\b1[5-9]\d{11}\b/g; // milliseconds since 1970, from 2017 to 2033

export class Clock {
  #moments; // [real, shown], rising
  #contexts = [];
  #day;
  /** A message with this text is refused on its way. */
  refuse = '';

  /** `start`: the first moment shown, as an ISO time in UTC. */
  constructor(start) {
    this.#day = start.slice(0, 11);
    this.#moments = [[0, Date.parse(start)]];
  }

  get now() {
    return this.#moments.at(-1)[1];
  }

  /** From now on it is `time` (hh:mm or hh:mm:ss of the same day) for everybody. */
  async set(time) {
    this.#moments.push([Date.now(), Date.parse(`${this.#day}${time.padEnd(8, ':00')}Z`)]);
    await Promise.all(this.#contexts.map((context) => context.clock.setFixedTime(this.now)));
  }

  /** Lets a browser live by this clock. Call before its first page. */
  async rule(context) {
    this.#contexts.push(context);
    context.on('close', () => this.#contexts.splice(this.#contexts.indexOf(context), 1));
    await context.clock.setFixedTime(this.now);
    await context.routeWebSocket(/\/ws$/, (socket) => this.#socket(socket));
    await context.route('**/confab/v1/**', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: this.#told(await response.text()) });
    });
  }

  #socket(socket) {
    const server = socket.connectToServer();
    server.onMessage((frame) => socket.send(this.#told(String(frame))));
    socket.onMessage((frame) => {
      const sent = JSON.parse(String(frame));
      if (sent.t !== 'send' || !this.refuse || sent.text !== this.refuse) return server.send(frame);
      socket.send(
        JSON.stringify({
          t: 'nack',
          thread: sent.thread,
          cmid: sent.cmid,
          code: 'forbidden',
          retryable: false,
          message: 'Refused.',
        }),
      );
    });
  }

  #told(text) {
    return text.replace(digits, (ms) => String(this.#shown(Number(ms))));
  }

  #shown(real) {
    if (real > Date.now()) return real - Date.now() + this.now; // a time to come keeps its distance
    return this.#moments.findLast(([from]) => from <= real)[1];
  }
}
