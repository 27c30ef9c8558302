/** The matrice layout on real brokers, read by a consumer in Python: each message checked, each picture decoded. */
import { randomUUID } from 'node:crypto';
import { type Observable, lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Broker, type Camera, type CameraMessage, type EncodeH265Config, camera, encodeH265, encodeJpeg, kafka, passthrough, publish, redis, resize, skipRate,
  skipUnchanged, toMessage,
} from '../../../src/index.js';
import { type Consumed, consumeMatrice, footage, needs, sharedKafka, sharedRedis, threeQuestions } from '../../services/index.js';
import { closeAll, opened } from '../broker/broker-messages.js';
import { build, run as runCli } from '../apps/cli-program.js';

afterEach(closeAll);

interface Subject { readonly kind: 'kafka' | 'redis'; readonly open: () => Promise<{ broker: Broker; address: string }> }

const SUBJECTS: readonly Subject[] = [
  {
    kind: 'kafka',
    open: async () => {
      const { host, port } = await sharedKafka();
      const address = `${host}:${port}`;
      return { broker: opened(kafka({ brokers: [address] })), address };
    },
  },
  {
    kind: 'redis',
    open: async () => {
      const { host, port, url } = await sharedRedis();
      return { broker: opened(redis({ url })), address: `${host}:${port}` };
    },
  },
];

interface Sent { readonly found: Consumed[]; readonly address: string; readonly topic: string }

/** Two seconds at 25 fps, 640x360. */
async function sent({ kind, open }: Subject, messages: (gate: Camera) => Observable<CameraMessage>): Promise<Sent> {
  const { broker, address } = await open();
  const topic = `matrice-${randomUUID()}`;
  const gate = camera(await footage(), { key: 'gate' });
  const acks = await lastValueFrom(messages(gate).pipe(publish(broker, { topic }), toArray()));
  await threeQuestions({ stats: gate.stats });
  return { found: await consumeMatrice(kind, address, topic, acks.length), address, topic };
}

/** Every second picture of them. */
function published(subject: Subject, encode: EncodeH265Config): Promise<Sent> {
  return sent(subject, (gate) => gate.pipe(
    skipRate(2), resize({ width: 320 }), encodeH265(encode),
    toMessage({ format: 'matrice', serviceId: 'service_1', group: 'yard', location: 'Halle Süd – 倉庫', name: 'Gate' }),
  ));
}

describe.each(SUBJECTS)('matrice on $kind', (subject) => {
  needs('ffmpeg', 'pypi', subject.kind)('read by a consumer in Python', () => {
    it('is a picture in each message, which decodes alone', async () => {
      const { found, address, topic } = await published(subject, { mode: 'frame' });
      expect(found).toHaveLength(25);
      expect(found.map(({ start }) => start)).toEqual(found.map((_, index) => 1 + 2 * index));
      expect(found[0]).toMatchObject({
        key: 'gate', name: 'frame_1', codec: 'h265', type: 'h265_frame', service: 'service_1', broker: address, topic,
        camera: { camera_name: 'Gate', camera_group: 'yard', location: 'Halle Süd – 倉庫' },
        fps: 12.5, originalFps: 25, original: { width: 640, height: 360 }, timestamp: '00:00:00:000',
      });
      for (const { pictures } of found) expect(pictures[0]).toMatchObject({ width: 320, height: 180 });
      for (const { pictures } of found) expect(pictures[0]?.mean).toBeGreaterThan(20);
      expect(found.at(-1)).toMatchObject({ timestamp: '00:00:01:920', latency: { last_read_time_sec: expect.any(Number) } });
      expect(found.at(-1)?.latency.last_process_time_sec).toBeGreaterThan(0);
    });

    it('is a chunk in each, which decodes alone too', async () => {
      const { found } = await published(subject, { mode: 'stream', gop: 10, chunk: { frames: 10 } });
      expect(found.map(({ name, start, end, pictures }) => [name, start, end, pictures.length])).toEqual([
        ['segment_1', 1, 19, 10], ['segment_2', 21, 39, 10], ['segment_3', 41, 49, 5],
      ]);
      expect(found[0]).toMatchObject({ codec: 'h265', type: 'h265_stream_chunk' });
    });

    it('is a JPEG in each', async () => {
      const { found } = await sent(subject, (gate) => gate.pipe(skipRate(5), encodeJpeg(), toMessage({ format: 'matrice' })));
      expect(found.map(({ name, codec, type, pictures }) => [name, codec, type, pictures.length]))
        .toEqual(Array.from({ length: 10 }, (_, index) => [`frame_${index + 1}`, 'jpeg', 'jpeg', 1]));
    });

    it("is the source's own GOP in each", async () => {
      const { found } = await sent(subject, (gate) => gate.pipe(passthrough({ chunk: 'gop' }), toMessage({ format: 'matrice' })));
      expect(found.map(({ codec }) => codec)).toEqual(found.map(() => 'h264'));
      expect(found.flatMap(({ pictures }) => pictures)).toHaveLength(50);
    });

    it('is a reference to the last full picture if nothing has changed', async () => {
      const still = (gate: Camera) => gate.pipe(
        skipUnchanged({ threshold: 0.5, maxGapMs: 1_000 }), encodeH265(), toMessage({ format: 'matrice', unchanged: 'reference' }));
      const { found } = await sent(subject, still);
      const full = found.filter(({ codec }) => codec === 'h265');
      expect(found).toHaveLength(50);
      // A full one each second, and where something has changed for all that.
      expect(full.map(({ start }) => start)).toEqual(expect.arrayContaining([1, 26]));
      expect(full.length).toBeLessThan(10);
      expect(full.every(({ pictures }) => pictures.length === 1)).toBe(true);
      expect(found.filter(({ codec }) => codec === 'cached').every(({ pictures }) => pictures.length === 0)).toBe(true);
    });

    it('is an access unit in each, which one decoder takes in order', async () => {
      const { found } = await published(subject, { mode: 'stream', gop: 10 });
      expect(found.map(({ name, pictures }) => [name, pictures.length])).toEqual(found.map((_, index) => [`segment_${index + 1}`, 1]));
      expect(found).toHaveLength(25);
    });
  });
});

needs('ffmpeg', 'pypi', 'kafka', 'redis')('--format matrice', () => {
  it.each(['kafka', 'redis'] as const)('does the same on %s', async (kind) => {
    await build();
    const { host, port } = await (kind === 'kafka' ? sharedKafka() : sharedRedis());
    const topic = `matrice-${randomUUID()}`;
    const { exitCode, stderr } = await runCli([
      'stream', 'test:?size=320x180&fps=25', '--key', 'gate', '--fps', '5', '--frames', '4', '--to', `${kind}://${host}:${port}/${topic}`,
      '--format', 'matrice', '--service-id', 'service_1', '--log-level', 'error',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const found = await consumeMatrice(kind, `${host}:${port}`, topic, 4);
    expect(found.map(({ order, service, fps, codec }) => [order, service, fps, codec])).toEqual([1, 2, 3, 4].map((n) => [n, 'service_1', 5, 'h265']));
  });
});
