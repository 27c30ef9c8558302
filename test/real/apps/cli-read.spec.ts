/** `rxcam read` and `rxcam verify` as processes, on real brokers: what they print, how they end. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { freePort, needs, sharedKafka, sharedRedis } from '../../services/index.js';
import { cut, received } from '../../unit/broker/sent.js';
import { build, endAll, run, start } from './cli-program.js';

beforeAll(build);
afterEach(endAll);

const SMALL = 'test:?size=160x90&fps=25';

needs('ffmpeg', 'kafka', 'redis')('rxcam', () => {
  const addresses = async () => {
    const topic = `read-${randomUUID()}`;
    const [kafka, redis] = await Promise.all([sharedKafka(), sharedRedis()]);
    return { kafka: `${kafka.url}/${topic}`, redis: `${redis.url}/${topic}`, topic, client: () => new Redis(redis.url) };
  };

  it.each(['kafka', 'redis'] as const)('prints what it has streamed to %s, and finds it whole', async (kind) => {
    const to = (await addresses())[kind];
    expect((await run(['stream', SMALL, '--key', 'gate', '--frames', '20', '--json', '--to', to])).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await run(['read', to, '--from', 'earliest', '--to', 'latest', '--verify', '--json']);
    expect(stderr).toBe('');
    const lines = stdout.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.slice(0, -1).map(({ camera, inputOrder, verdict }) => [camera, inputOrder, verdict])).toEqual(Array.from({ length: 20 }, (_, index) => ['gate', index + 1, 'whole']));
    expect(lines.at(-1)).toMatchObject({ summary: { received: 20, failures: 0, verdicts: { whole: 20, missing: 0, torn: 0 } } });
    expect(exitCode).toBe(0);
    const last = await run(['read', to, '--from', 'last:3', '--frames', '2', '--key', 'gate']);
    expect(last.stdout).toMatch(/^\S+ gate #18 picture \d+ h265 160x90 keyframe \S+ kB at \S+\n\S+ gate #19 .*\n2 messages \(\S+ kB\)$/);
    const whole = await run(['verify', to]);
    expect(whole.stdout).toMatch(/^20 messages \(\S+ \S+\), 20 whole, 0 repeated, 0 torn, none missing$/);
    expect(whole.exitCode).toBe(0);
  });

  it('ends with 3 where something is missing or torn, and says what', async () => {
    const { redis, topic, client } = await addresses();
    const writer = client();
    for (const { headers, value } of [received({ order: 1 }), cut({ order: 2 }), received({ order: 6, previous: 4 })]) {
      await writer.xadd(topic, '*', ...Object.entries(headers).flat(), 'data', value);
    }
    writer.disconnect();
    const { exitCode, stdout } = await run(['verify', redis]);
    expect(stdout).toMatch(/^\S+ cam #2 .* torn\n\S+ cam 2 missing, lost \(#3 to #4\)\n\S+ cam 1 missing, dropped \(#5 to #5\)\n3 messages .*, 2 whole, 0 repeated, 1 torn, 3 missing/);
    expect(exitCode).toBe(3);
  });

  it('waits for a broker that is not there, and ends by a signal', async () => {
    const program = start(['read', `redis://:hush-hush@127.0.0.1:${await freePort()}/video`]);
    await program.said(/broker unavailable/);
    program.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await program.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^0 messages/);
    expect(stderr).not.toContain('hush-hush');
  });

  it('refuses what makes no sense, in one line', async () => {
    for (const [words, said] of [
      [['read'], /missing required argument 'broker'/], [['read', 'memory:'], /expected the address of a broker outside/],
      [['read', 'redis://h'], /an address without a topic given/], [['read', 'amqp://u:hidden@h/t'], /'amqp:\/\/\*\*\*@h\/t' given, expected/],
      [['read', 'redis://h/t', '--from', 'offset:3'], /option 'from' \(--from\): an offset given for redis/],
    ] as const) {
      const { exitCode, stderr } = await run([...words]);
      expect(stderr).toMatch(said);
      expect(stderr.split('\n')).toHaveLength(1);
      expect(stderr).not.toContain('hidden');
      expect(exitCode).toBe(2);
    }
  });
});
