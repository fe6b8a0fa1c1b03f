// A long way between the browsers and a node, for finding tests that only hold where answers come at once: make slow-browser
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** How much later every byte arrives, in milliseconds, there and back. 0: the node is asked directly. */
export const slowMillis = Number(process.env.SLOW_MILLIS ?? 0);

/** Takes connections at one port and leads them to another; what is sent arrives later, in its order. */
export async function slowWay(port, to) {
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    carry(near, far);
    carry(far, near);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return server;
}

function carry(from, to) {
  from.setNoDelay(true);
  const later = (does) => setTimeout(() => to.destroyed || does(), slowMillis).unref();
  from.on('data', (bytes) => later(() => to.write(bytes)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
  from.on('error', () => from.destroy());
}
