/** Topics, keys, headers and camera keys that are also members of JavaScript's objects: they are treated as any other name. */
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type Broker, InvalidOption, camera, encodeH265, isRxcamError, type Published, kafka, memory, publish, redis, toMessage } from '../../src/index.js';
import { needs, sharedKafka, sharedRedis, threeQuestions } from '../services/index.js';
import { fromRedis } from '../real/consumer/read-back.js';
import { build, countsOf, run } from '../real/apps/cli-program.js';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', '__defineGetter__'];
const PROTOTYPE = Object.getOwnPropertyNames(Object.prototype);

/** Publishes two pictures with a name in every place that takes one. */
async function send(broker: Broker, name: string): Promise<readonly Published[]> {
  const gate = camera('test:?size=64x48&fps=25&duration=0.08', { key: name, pace: 'asap' });
  const headers = { ...JSON.parse(`{${JSON.stringify(name)}: "as given"}`) as Record<string, string>, site: '7' };
  const acks = await lastValueFrom(gate.pipe(encodeH265(), toMessage({ headers }), publish(broker, { topic: name }), toArray()));
  expect(acks.map(({ topic, key }) => [topic, key])).toEqual([[name, name], [name, name]]);
  await threeQuestions({ stats: gate.stats });
  return acks;
}

/** Expects the shared prototype of objects to be unchanged. */
function notPoisoned(): void {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(PROTOTYPE);
  expect(({} as { messages?: unknown }).messages).toBeUndefined();
}

needs('ffmpeg')('names from outside', () => {
  it.each(NAMES)('%s: a topic, a key and a header of the embedded broker', async (name) => {
    const broker = memory();
    await send(broker, name);
    expect(broker.topics()).toEqual([name]);
    expect(broker.read(name)).toHaveLength(2);
    expect(Object.entries(broker.read(name)[0]?.headers ?? {})).toContainEqual([name, 'as given']);
    await broker.close();
    notPoisoned();
  });

  it.each(NAMES)('%s: the report of unsent messages names it, and the process is unchanged', async (name) => {
    const broker = kafka({ brokers: ['127.0.0.1:9'], retryInitialMs: 60_000 });
    const gate = camera('test:?size=64x48&fps=25&duration=0.08', { key: name, pace: 'asap' });
    const sent = lastValueFrom(gate.pipe(encodeH265(), toMessage(), publish(broker, { topic: name })), { defaultValue: undefined });
    await new Promise<void>((resolve) => { broker.state$.subscribe(({ outbox }) => { if (outbox.messages > 0) resolve(); }); });
    await lastValueFrom(gate.pipe(), { defaultValue: undefined }).catch(() => undefined);
    const report = await broker.close({ deadlineMs: 0 });
    await sent;
    expect(Object.keys(report.byTopic)).toEqual([name]);
    expect(Object.entries(report.byTopic)[0]?.[1].messages).toBe(report.unsent);
    notPoisoned();
    await threeQuestions({ stats: gate.stats });
  });

  it('the command line prints the counts of each camera under its key', async () => {
    await build();
    const sources = NAMES.map(() => 'test:?size=64x48');
    const { stdout, exitCode } = await run(['stream', ...sources, '--frames', '1', '--json', ...NAMES.flatMap((name) => ['--key', name]), '--log-level', 'error']);
    expect(exitCode).toBe(0);
    expect(countsOf({ stdout, exitCode, stderr: '' }).published).toBe(NAMES.length);
    for (const name of NAMES) expect(stdout).toContain(`"${name}":{"captured":`);
  });

  it('a header of the command line', async () => {
    const { exitCode, stderr } = await run(['stream', 'test:?size=64x48', '--frames', '1', '--json', '--header', '__proto__=1', '--header', 'constructor=2']);
    expect(stderr).not.toContain('option');
    expect(exitCode).toBe(0);
  });

  it.each(NAMES)('%s: as an option, a word of a test pattern, a code of an error, a number of bytes', async (name) => {
    expect(() => camera(`test:?${name}=1`)).toThrow(InvalidOption);
    expect(() => toMessage({ format: name as never })).toThrow(InvalidOption);
    expect(isRxcamError(Object.assign(new Error('x'), { code: name }))).toBe(false);
    expect((await run(['stream', '--outbox-bytes', `5${name}`])).exitCode).toBe(2);
  });
});

needs('ffmpeg', 'redis')('names from outside, on Redis', () => {
  it.each(NAMES)('%s', async (name) => {
    const { url } = await sharedRedis();
    const broker = redis({ url });
    await send(broker, name);
    expect((await broker.close()).unsent).toBe(0);
    const [entry] = await fromRedis(url, name);
    expect(entry?.key).toBe(name);
    notPoisoned();
  });
});

needs('ffmpeg', 'kafka')('names from outside, on Kafka', () => {
  it('each of them', async () => {
    const { host, port } = await sharedKafka();
    const broker = kafka({ brokers: [`${host}:${port}`] });
    // The broker's offsets show that each topic has the messages: the client's consumer does not accept such names.
    for (const name of NAMES) expect((await send(broker, name)).map(({ offset }) => offset)).toEqual(['0', '1']);
    expect((await broker.close()).unsent).toBe(0);
    notPoisoned();
  });
});
