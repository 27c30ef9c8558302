/** Conformance without outages: order, bytes, positions, sizes, closing. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { from, merge } from 'rxjs';
import { publish } from '../../../operators/index.js';
import type { Checks } from './checks.js';
import { all, firsts, header, isWhole, message, messages, newTopic, numbers, orders, ordersRead, placeOf, plainly } from './messages.js';

const LARGEST = 100_000;

export const sending: Checks = {
  'keeps order, bytes and headers, and reports the position of each message': async (subject, open) => {
    const broker = open({});
    const topic = newTopic();
    const acks = await all(from(messages(1, 100)).pipe(publish(broker, { topic })));
    const held = await subject.read(topic, broker);
    assert.deepEqual(orders(acks), numbers(1, 100));
    assert.deepEqual(ordersRead(held), numbers(1, 100));
    assert.ok(held.every(isWhole), 'every value and header as it was sent');
    assert.deepEqual(held.map(({ key }) => key), held.map(() => 'cam'));
    assert.deepEqual(header(held, 'ce_previousorder'), numbers(0, 99).map(String));
    assert.deepEqual(acks.map(placeOf), held.map(placeOf));
    assert.deepEqual(broker.state, { status: 'connected', outbox: { messages: 0, bytes: 0 } });
  },

  'sends the messages of many topics and keys together, each in its order': async (subject, open) => {
    const broker = open({});
    const [topic, other] = [newTopic(), newTopic()];
    const keys = ['a', 'b', 'c'];
    const each = keys.map((key) => from(messages(1, 40, key)).pipe(publish(broker, { topic })));
    const acks = await all(merge(...each, from(messages(1, 40)).pipe(publish(broker, { topic: other }))));
    assert.equal(acks.length, 160);
    const held = await subject.read(topic, broker);
    assert.equal(held.length, 120);
    for (const key of keys) assert.deepEqual(ordersRead(held.filter((one) => one.key === key)), numbers(1, 40));
    assert.deepEqual(ordersRead(await subject.read(other, broker)), numbers(1, 40));
    const nameOf = (place: object, key: string, order: number) => JSON.stringify([place, key, order]);
    const written = held.map((one) => nameOf(placeOf(one), one.key, Number(one.headers['order'])));
    const said = acks.filter((one) => one.topic === topic).map((one) => nameOf(placeOf(one), one.key, one.inputOrder));
    assert.deepEqual(said.sort(), written.sort());
  },

  'appends to a topic when another handle writes to it': async (subject, open) => {
    const topic = newTopic();
    const first = open({});
    await all(from(messages(1, 5)).pipe(publish(first, { topic })));
    await first.close();
    const second = open({});
    const acks = await all(from(messages(6, 10)).pipe(publish(second, { topic })));
    const held = await subject.read(topic, second);
    assert.deepEqual(ordersRead(held), subject.embedded === true ? numbers(6, 10) : numbers(1, 10));
    assert.deepEqual(acks.map(placeOf), held.slice(-5).map(placeOf));
  },

  'drops only a message that is too large, and reports it': async (subject, open) => {
    if (subject.anySize === true) return;
    const broker = open({ maxMessageBytes: LARGEST });
    const topic = newTopic();
    const made = messages(1, 10).map((one) => (one.inputOrder === 5 ? message(5, 'cam', randomBytes(LARGEST + 1)) : one));
    const errors = all(broker.errors$);
    const acks = await all(from(made).pipe(publish(broker, { topic })));
    await broker.close();
    const others = [...numbers(1, 4), ...numbers(6, 10)];
    assert.deepEqual(orders(acks), others);
    assert.deepEqual((await errors).map(({ code }) => code), ['MESSAGE_TOO_LARGE']);
    const held = await subject.read(topic, broker);
    assert.deepEqual(ordersRead(held), others);
    assert.deepEqual(header(held, 'ce_previousorder'), ['0', '1', '2', '3', '4', '6', '7', '8', '9']);
  },

  'sends its messages when it is closed, and reports that nothing is left': async (subject, open) => {
    const broker = open({ lingerMs: 60_000 });
    const topic = newTopic();
    const acks = all(from(messages(1, 50)).pipe(publish(broker, { topic })));
    const ended = Promise.all([all(broker.errors$), all(broker.state$)]);
    const report = await broker.close();
    assert.deepEqual(plainly(report), { unsent: 0, unsentBytes: 0, byTopic: {} });
    assert.deepEqual(orders(await acks), numbers(1, 50));
    assert.deepEqual(firsts(await subject.read(topic, broker)), numbers(1, 50));
    assert.equal(broker.state.status, 'closed');
    assert.throws(() => publish(broker, { topic }), /is closed/);
    assert.deepEqual((await ended)[0], []);
    assert.deepEqual(await broker.close(), report);
  },

  'sends again after reconnect() was called': async (subject, open) => {
    const broker = open({});
    const topic = newTopic();
    const publishing = (first: number, last: number) => all(from(messages(first, last)).pipe(publish(broker, { topic })));
    await publishing(1, 10);
    broker.reconnect();
    assert.deepEqual(orders(await publishing(11, 20)), numbers(11, 20));
    assert.deepEqual(firsts(await subject.read(topic, broker)), numbers(1, 20));
    assert.equal(broker.state.status, 'connected');
  },
};
