/** Conformance during outages: nothing is lost or out of order, and no credentials are shown. */
import assert from 'node:assert/strict';
import { Subject, from } from 'rxjs';
import { publish } from '../../../operators/index.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import type { Checks } from './checks.js';
import type { ConformanceServer, ConformanceSubject } from './subject.js';
import { all, firsts, isWhole, messages, newTopic, numbers, orders, plainly, reaches } from './messages.js';

/** Characters that URLs, shells and JSON change. */
const PASSWORD = 'se/cr:et@#%20x';

/** Checks for a subject with a server. */
export const outages: Checks = {
  'sends everything in order when the broker has been down for a while': async (subject, open) => {
    const server = serverOf(subject);
    const broker = open({});
    const topic = newTopic();
    const messages$ = new Subject<CameraMessage>();
    const acks = all(messages$.pipe(publish(broker, { topic })));
    const made = messages(1, 60);
    const connected = reaches(broker, 'connected', ({ outbox }) => outbox.messages === 0);
    for (const one of made.slice(0, 20)) messages$.next(one);
    await connected;
    await server.down();
    try {
      const noticed = reaches(broker, 'unavailable');
      for (const one of made.slice(20)) messages$.next(one);
      await noticed;
      messages$.complete();
      const { status, error, outbox } = broker.state;
      assert.deepEqual([status, error?.code, outbox.messages], ['unavailable', 'BROKER_UNAVAILABLE', 40]);
    } finally {
      await server.start();
    }
    assert.deepEqual(orders(await acks), numbers(1, 60));
    const held = await subject.read(topic, broker);
    assert.deepEqual(firsts(held), numbers(1, 60));
    assert.ok(held.every(isWhole), 'every value and header as it was sent');
    assert.equal(broker.state.status, 'connected');
  },
};

/** Checks for a subject whose server can hang. */
export const hangs: Checks = {
  'sends everything in order when the broker has hung for longer than a request may take': async (subject, open) => {
    const server = serverOf(subject);
    const broker = open({ requestTimeoutMs: 1_000 });
    const topic = newTopic();
    await all(from(messages(1, 1)).pipe(publish(broker, { topic })));
    server.pause?.();
    const noticed = reaches(broker, 'unavailable');
    const acks = all(from(messages(2, 21)).pipe(publish(broker, { topic })));
    try {
      await noticed;
    } finally {
      server.resume?.();
    }
    assert.deepEqual(orders(await acks), numbers(2, 21));
    const held = await subject.read(topic, broker);
    assert.deepEqual(firsts(held), numbers(1, 21));
    assert.ok(held.every(isWhole), 'every value and header as it was sent');
  },
};

/** Checks for a subject with an unreachable address. */
export const absence: Checks = {
  'reports unsent messages when it is closed while the broker is down, and shows no password': async (subject, _, keep) => {
    const unreachable = await subject.unreachable?.(PASSWORD);
    if (unreachable === undefined) throw new Error('the subject has no unreachable address');
    const broker = keep(unreachable);
    const failures = all(broker.errors$);
    const noticed = reaches(broker, 'unavailable');
    const acks = all(from(messages(1, 3)).pipe(publish(broker, { topic: 't' })));
    const { error } = await noticed;
    const report = await broker.close({ deadlineMs: 300 });
    assert.deepEqual(plainly(report), { unsent: 3, unsentBytes: 6_000, byTopic: { t: { messages: 3, bytes: 6_000 } } });
    assert.deepEqual(await acks, []);
    assert.equal(error?.code, 'BROKER_UNAVAILABLE');
    assert.ok(error.message.includes(broker.address), `'${error.message}' names the address ${broker.address}`);
    const shown = [error, ...await failures].flatMap((one) => [one.message, one.stack, JSON.stringify(one), broker.address]).join('\n');
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD), 'cr:et']) assert.ok(!shown.includes(form), `'${form}' is shown in: ${shown}`);
  },
};

function serverOf(subject: ConformanceSubject): ConformanceServer {
  const server = subject.server?.();
  if (server === undefined) throw new Error('the subject has no server');
  return server;
}
