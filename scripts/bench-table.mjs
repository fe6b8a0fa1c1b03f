// Turns bin/bench/*.json into the tables of docs/performance.md: medians over the runs, marks beside what was measured.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const runs = {};
for (const name of readdirSync(folder).sort()) {
  if (!/^[a-z]+-\d+\.json$/.test(name)) continue;
  const result = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  runs[result.scenario] = [...(runs[result.scenario] ?? []), result];
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) / 2)];
const of = (scenario, value) => median(runs[scenario].map(value));
const all = (scenario, value, digits) => runs[scenario].map((r) => value(r).toFixed(digits)).join(', ');
const share = (r) => (100 * r.deliveriesPerCpuSecond) / r.ceiling.libraryPerCpuSecond;

const middle = (rounds) => median(rounds.map((q) => q.p99Millis));

// scenario, what, mark, unit, digits, value, whether the mark is an upper bound
const marks = [
  ['idle', 'memory of an idle, subscribed connection, 10,000 of them', 12, 'KiB', 1, (r) => r.kibPerConnection, true],
  ['fanout', 'fan-out 1:1,000, share of the library’s frame-write rate', 50, '%', 0, share, false],
  ['chat', '1:1 at 5,000 msg/s, p99 from intended sending to delivery', 10, 'ms', 2, (r) => r.delivery.p99Millis, true],
  [
    'chat',
    '1:1 at 5,000 msg/s, CPU of both nodes for one delivery',
    130,
    'µs',
    0,
    (r) => r.nodeMicrosPerDelivery,
    true,
  ],
  [
    'reconnect',
    '10,000 clients reconnect and recover, until the last is complete',
    2,
    's',
    2,
    (r) => r.recovery.seconds,
    true,
  ],
  [
    'neighbour',
    '49 addresses beside one that hangs for 15 s, p99 to p99 without it',
    1.1,
    '',
    2,
    (r) => r.webhooks.p99Ratio,
    true,
  ],
];

// scenario, what, unit, digits, value
const more = [
  ['idle', 'connect, open a visitor and subscribe, per node-CPU-second', '', 0, (r) => r.connectsPerCpuSecond],
  ['fanout', 'fan-out 1:1,000, deliveries per node-CPU-second', '', 0, (r) => r.deliveriesPerCpuSecond],
  ['fanout', 'the library’s frame writes per CPU-second, same run', '', 0, (r) => r.ceiling.libraryPerCpuSecond],
  ['fanout', 'bare write(2) of the same frame per CPU-second, same run', '', 0, (r) => r.ceiling.barePerCpuSecond],
  ['chat', '1:1 at 5,000 msg/s, p50', 'ms', 2, (r) => r.delivery.p50Millis],
  ['chat', '1:1 at 5,000 msg/s, deliveries per node-CPU-second', '', 0, (r) => r.deliveriesPerCpuSecond],
  ['chat', '1:1 at 5,000 msg/s, messages per Redis-CPU-second', '', 0, (r) => r.redisMessagesPerCpuSecond],
  ['chat', '1:1 at 5,000 msg/s, how late the generator itself was, p99', 'ms', 2, (r) => r.pacing.p99Millis],
  ['chat', '1:1 at 5,000 msg/s, CPU of the generator for one message', 'µs', 1, (r) => r.generatorMicrosPerDelivery],
  ['reconnect', 'recovered clients per node-CPU-second', '', 0, (r) => r.recovery.perNodeCpuSecond],
  ['reconnect', 'recovery of one client, p50', 's', 2, (r) => r.recovery.each.p50Millis / 1000],
  ['reconnect', 'CPU of the generator from the cut until all are back', 's', 2, (r) => r.generatorCpuSeconds],
  ['rest', 'REST, 500 posts/s, p50 of the answer', 'ms', 2, (r) => r.answer.p50Millis],
  ['rest', 'REST, 500 posts/s, p99 of the answer', 'ms', 2, (r) => r.answer.p99Millis],
  ['rest', 'REST, 500 posts/s, the longest answer', 'ms', 1, (r) => r.answer.maxMillis],
  ['rest', 'REST, 500 posts/s, answered per second', '', 0, (r) => r.posts.perSecond],
  ['rest', 'REST, 500 posts/s, CPU of both nodes for one', 'µs', 0, (r) => r.posts.nodeMicrosPerPost],
  ['rest', 'REST, 64 connections that never rest, posts per second', '', 0, (r) => r.posts.mostPerSecond],
  ['rest', 'REST, 64 connections that never rest, p99 of the answer', 'ms', 2, (r) => r.posts.most.p99Millis],
  [
    'rest',
    'REST, 64 connections that never rest, CPU of both nodes for one',
    'µs',
    0,
    (r) => r.posts.mostNodeMicrosPerPost,
  ],
  ['webhooks', 'one address, a queue of 10,000, deliveries per second', '', 0, (r) => r.webhooks.queuePerSecond],
  [
    'webhooks',
    'one address, a queue of 10,000, CPU of both nodes for one',
    'µs',
    0,
    (r) => r.webhooks.queueNodeMicrosPerDelivery,
  ],
  ['webhooks', 'one address, 200 messages/s, p50 from kept to told', 'ms', 2, (r) => r.webhooks.fromKept.p50Millis],
  ['webhooks', 'one address, 200 messages/s, p99 from kept to told', 'ms', 2, (r) => r.webhooks.fromKept.p99Millis],
  [
    'webhooks',
    'one address, 200 messages/s, CPU of both nodes for one, posting included',
    'µs',
    0,
    (r) => r.nodeMicrosPerDelivery,
  ],
  ['neighbour', '49 addresses, 490 deliveries/s, p99 without one that hangs', 'ms', 1, (r) => middle(r.webhooks.alone)],
  ['neighbour', '49 addresses, 490 deliveries/s, p99 beside one that hangs', 'ms', 1, (r) => middle(r.webhooks.beside)],
];

const faults = Object.values(runs)
  .flat()
  .map((r) => r.faults);
const count = (name) => faults.reduce((sum, f) => sum + f[name], 0);

console.log('| mark | at | measured | runs |\n|---|---|---|---|');
for (const [scenario, what, mark, unit, digits, value, upper] of marks) {
  if (!runs[scenario]) continue;
  const at = `${upper ? '≤' : '≥'} ${mark} ${unit}`;
  console.log(
    `| ${what} | ${at} | **${of(scenario, value).toFixed(digits)} ${unit}** | ${all(scenario, value, digits)} |`,
  );
}
console.log('\n| figure | measured | runs |\n|---|---|---|');
for (const [scenario, what, unit, digits, value] of more) {
  if (!runs[scenario]) continue;
  console.log(`| ${what} | ${of(scenario, value).toFixed(digits)} ${unit} | ${all(scenario, value, digits)} |`);
}
console.log(
  `\nOver all runs: ${count('lost')} lost, ${count('doubled')} doubled, ${count('reordered')} reordered, ${count('refused')} refused.`,
);
