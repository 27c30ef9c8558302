/** CameraStreamer: each of its methods against real brokers, with real cameras that fail and come back. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { filter, firstValueFrom, take, toArray } from 'rxjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CameraStreamer, type CameraStreamerConfig } from '../../../src/apps/streamer/index.js';
import { type Camera, type CameraEvent, InvalidOption } from '../../../src/index.js';
import {
  type RtspServer, type SharedServer, fieldInput, footage, freePort, needs, noFfmpegLeft, sharedKafka, sharedRedis, startRtspServer, threeQuestions,
} from '../../services/index.js';
import { fromKafka, fromRedis } from '../consumer/read-back.js';

const SMALL = 'test:?size=160x90&fps=25&noise=0';
const RETRY = { initialMs: 200, maxMs: 400 };

type Kind = 'kafka' | 'redis';
interface Document { readonly frame_id: string; readonly input_stream: Record<string, never> & { readonly input_order: number; readonly content: string } }

const next = (gate: Camera | undefined, type: CameraEvent['type'], count = 1) =>
  firstValueFrom((gate as Camera).events$.pipe(filter((event) => event.type === type), take(count), toArray()));

needs('ffmpeg', 'kafka', 'redis', 'rtsp')('CameraStreamer', () => {
  let kafkaAt: SharedServer;
  let redisAt: SharedServer;
  const lines: string[] = [];
  const open: CameraStreamer[] = [];
  const servers: RtspServer[] = [];
  beforeAll(async () => { [kafkaAt, redisAt] = await Promise.all([sharedKafka(), sharedRedis()]); });

  /** Ends what a test has opened, and asks the three questions of each of its streams. */
  afterEach(async () => {
    const all = open.splice(0);
    await Promise.all(all.map((one) => one.close()));
    await Promise.all(servers.splice(0).map((one) => one.stop()));
    for (const one of all) {
      for (const key of Object.keys(one.getTransmissionStats().byStream)) {
        await threeQuestions({ stats: (one.getCamera(key) as Camera).stats, secrets: ['s3cret-word'], logs: lines, events: [one.getTransmissionStats()] });
      }
    }
    lines.length = 0;
  });

  const connectionOf = (kind: Kind) => (kind === 'kafka' ? { brokers: [`${kafkaAt.host}:${kafkaAt.port}`] } : { url: redisAt.url });
  function streamerOf(kind: Kind, config: Partial<CameraStreamerConfig> = {}): CameraStreamer {
    const logger = pino({ level: 'trace' }, { write: (line: string) => { lines.push(line); } });
    const one = new CameraStreamer({ serviceId: 'service_1', serverType: kind, connection: connectionOf(kind), retry: RETRY, logger, ...config });
    open.push(one);
    return one;
  }

  /** The documents of a topic, in order. */
  async function read(kind: Kind, topic: string, count: number): Promise<Document[]> {
    if (kind === 'kafka') return (await fromKafka(kafkaAt, topic, count)).map(({ value }) => JSON.parse(String(value)) as Document);
    return (await entriesOf(topic)).map((fields) => ({ ...fields, input_stream: JSON.parse(fields['input_stream'] ?? '{}') as never }) as never);
  }

  async function entriesOf(topic: string): Promise<Record<string, string>[]> {
    const client = new Redis(redisAt.url);
    const entries = await client.xrange(topic, '-', '+');
    client.disconnect();
    return entries.map(([, list]) => Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? '']] : []))));
  }

  describe.each(['kafka', 'redis'] as const)('with %s', (kind) => {
    it('streams every nth picture of a file to its end, and reports figures', async () => {
      const one = streamerOf(kind);
      const topic = `file-${randomUUID()}`;
      one.registerStreamTopic('clip', topic);
      expect(one.getTopicForStream('clip')).toBe(topic);
      expect(one.getTopicForStream('other')).toBeUndefined();
      const clip = await footage({ seconds: 2, fps: 25 });
      await one.startStream({ input: clip, streamKey: 'clip', streamGroupKey: 'yard', cameraLocation: 'Warehouse A', fps: 10, width: 160, height: 90 });
      const documents = await read(kind, topic, 25);
      // floor(25 / 10) is 2: every second of 50.
      expect(documents.map(({ input_stream }) => input_stream.input_order)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
      expect(documents[0]?.input_stream).toMatchObject({
        ip_key_name: 'service_1', feed_type: 'disk', original_fps: 25, video_codec: 'h265', encoding_type: 'h265_frame',
        stream_resolution: { width: 160, height: 90 }, camera_info: { camera_name: 'clip', camera_group: 'yard', location: 'Warehouse A' },
      });
      const stats = one.getTransmissionStats();
      expect(stats).toMatchObject({ streams: 1, activeStreams: 0, full: 25, thinned: 25, dropped: 0, total: 50, fullRate: 0.5, codecs: ['h265'] });
      expect(stats.byStream).toMatchObject({ clip: { full: 25 } });
      const times = one.getStreamTimingStats('clip');
      for (const name of ['read', 'process', 'write'] as const) expect(times?.[name].count).toBeGreaterThan(0);
      expect(one.getStreamTimingStats('other')).toBeUndefined();
      one.resetTransmissionStats();
      expect(one.getTransmissionStats()).toMatchObject({ full: 0, thinned: 0, total: 0, bytes: 0 });
      expect(one.getStreamTimingStats('clip')?.read.count).toBe(0);
    });

    it('gives its camera the options that are meant for it', async () => {
      const one = streamerOf(kind);
      const sizes: unknown[] = [];
      for (const stream of ['first', 'largest'] as const) {
        const streamKey = `of-two-${stream}`;
        const ended = one.startStream({ input: await fieldInput('submain.ts'), streamKey, topic: `two-${randomUUID()}`, camera: { stream, nice: 5 } });
        one.getCamera(streamKey)?.events$.subscribe((event) => { if (event.type === 'opened') sizes.push(event.source.width); });
        await ended;
      }
      expect(sizes).toEqual([320, 640]);
    });

    it('makes a topic before its first message', async () => {
      const one = streamerOf(kind);
      const topic = `set-up-${randomUUID()}`;
      await one.setupStreamForTopic(topic);
      await one.setupStreamForTopic(topic);
      if (kind === 'redis') {
        const client = new Redis(redisAt.url);
        expect(String(await client.xinfo('GROUPS', topic))).toContain(`${topic}_group`);
        client.disconnect();
      } else {
        const admin = new Kafka({ brokers: [`${kafkaAt.host}:${kafkaAt.port}`], logLevel: logLevel.NOTHING }).admin();
        await admin.connect();
        expect(await admin.listTopics()).toContain(topic);
        await admin.disconnect();
      }
    });

    it('sends a message of the caller', async () => {
      const one = streamerOf(kind);
      const topic = `direct-${randomUUID()}`;
      const ack = await one.produceRequest({ hello: 'world', inner: { n: 1 } }, topic, 'gate');
      expect(ack).toMatchObject({ topic, key: 'gate' });
      await one.produceRequest('as it is', topic, 'gate');
      if (kind === 'kafka') {
        const found = await fromKafka(kafkaAt, topic, 2);
        expect(found.map(({ key, value }) => [key, String(value)])).toEqual([['gate', '{"hello":"world","inner":{"n":1}}'], ['gate', 'as it is']]);
      } else {
        expect(await entriesOf(topic)).toEqual([{ hello: 'world', inner: '{"n":1}', _message_key: 'gate' }, { data: 'as it is', _message_key: 'gate' }]);
        expect(await fromRedis(redisAt.url, topic)).toHaveLength(2);
      }
    });

    it('streams many at once over one connection, and stops one or all', async () => {
      const one = streamerOf(kind, { h265Mode: 'stream' });
      const topic = `many-${randomUUID()}`;
      const keys = ['a', 'b', 'c', 'd'];
      const chunked = { isVideoChunk: true, chunkFrames: 5 };
      for (const key of keys) expect(one.startBackgroundStream({ input: SMALL, streamKey: key, topic, ...(key === 'a' && chunked) })).toBe(key);
      await Promise.all(keys.map((key) => next(one.getCamera(key), 'published', 3)));
      expect(one.getTransmissionStats()).toMatchObject({ streams: 4, activeStreams: 4 });
      one.stopStreaming('a');
      expect(one.getTransmissionStats()).toMatchObject({ streams: 4, activeStreams: 3 });
      await next(one.getCamera('b'), 'published', 3);
      one.stopStreaming();
      expect(one.getTransmissionStats()).toMatchObject({ activeStreams: 0 });
      await noFfmpegLeft();
      expect(await one.close()).toMatchObject({ unsent: 0 });
      const sent = keys.reduce((sum, key) => sum + (one.getCamera(key)?.stats.messages ?? 0), 0);
      const documents = await read(kind, topic, sent);
      expect(documents).toHaveLength(sent);
      expect(documents.find(({ input_stream }) => input_stream['frame_count'] === 5)?.input_stream).toMatchObject({ encoding_type: 'h265_stream_chunk', chunk_frames: 5 });
    });

    it('leaves the content out if stripInputContent is set, and looks up the broker again', async () => {
      let asked = 0;
      const ask = () => { asked++; return Promise.resolve(kind === 'kafka' ? [`${kafkaAt.host}:${kafkaAt.port}`] : redisAt.url); };
      const one = streamerOf(kind, { stripInputContent: true, connection: (kind === 'kafka' ? { brokers: ask } : { url: ask }) as never });
      const topic = `stripped-${randomUUID()}`;
      one.startBackgroundStream({ input: SMALL, streamKey: 'gate', topic });
      await next(one.getCamera('gate'), 'published', 2);
      expect(asked).toBe(1);
      await one.refreshConnectionInfo();
      expect(asked).toBe(2);
      await next(one.getCamera('gate'), 'published', 3);
      expect(asked).toBe(2);
      const [document] = await read(kind, topic, 1);
      expect(document?.input_stream).toMatchObject({ content: '', input_hash: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    });
  });

  it('continues when its camera comes back, with the numbers of its messages', async () => {
    const camera = await startRtspServer({ user: 'user', password: 's3cret-word', width: 320, height: 180 });
    servers.push(camera);
    const one = streamerOf('kafka');
    const topic = `back-${randomUUID()}`;
    one.startBackgroundStream({ input: camera.url, streamKey: 'gate', topic, fps: 12 });
    const gate = one.getCamera('gate');
    // One after the other: it is asked for its rate first, and some cameras allow one session.
    expect((await next(gate, 'published', 5)).map(({ run }) => run)).toEqual([1, 1, 1, 1, 1]);
    const waiting = next(gate, 'retrying');
    await camera.down();
    await waiting;
    const back = next(gate, 'recovered');
    await camera.start();
    await back;
    await next(gate, 'published', 5);
    one.stopStreaming('gate');
    await one.close();
    const { full } = one.getTransmissionStats();
    const orders = (await read('kafka', topic, full)).map(({ input_stream }) => input_stream.input_order);
    expect(orders).toEqual(Array.from({ length: full }, (_, at) => at + 1));
  });

  it('stops a stream that waits to reconnect, and ends its promise', async () => {
    const one = streamerOf('redis', { retry: { initialMs: 60_000, maxMs: 60_000 } });
    const ended = one.startStream({ input: `rtsp://user:s3cret-word@127.0.0.1:${await freePort()}/stream`, streamKey: 'gate', topic: 'none' });
    await next(one.getCamera('gate'), 'retrying');
    expect(one.getTransmissionStats()).toMatchObject({ activeStreams: 1 });
    one.stopStreaming('gate');
    await ended;
    expect(one.getTransmissionStats()).toMatchObject({ activeStreams: 0 });
  });

  it('plays a file over and over at its own pace, and continues counting when it is started again', async () => {
    const one = streamerOf('redis');
    const topic = `loop-${randomUUID()}`;
    const start = { input: await footage({ seconds: 1, fps: 25 }), streamKey: 'gate', topic, width: 160, simulateVideoFileStream: true };
    one.startBackgroundStream(start);
    await next(one.getCamera('gate'), 'published', 30);
    one.stopStreaming();
    one.startBackgroundStream(start);
    await next(one.getCamera('gate'), 'published', 3);
    await one.close();
    const documents = await read('redis', topic, 33);
    expect(documents.length).toBeGreaterThanOrEqual(33);
    expect(documents.map(({ input_stream }) => input_stream.input_order)).toEqual(documents.map((_, at) => at + 1));
  });

  it('sends JPEG if videoCodec is set, without chunks', async () => {
    const one = streamerOf('redis', { videoCodec: 'jpeg' });
    const topic = `jpeg-${randomUUID()}`;
    await expect(one.startStream({ input: SMALL, topic, isVideoChunk: true })).rejects.toThrow(/isVideoChunk/);
    one.startBackgroundStream({ input: SMALL, streamKey: 'gate', topic, quality: 60 });
    await next(one.getCamera('gate'), 'published', 2);
    const [document] = await read('redis', topic, 1);
    expect(document?.input_stream).toMatchObject({ video_codec: 'jpeg', encoding_type: 'jpeg' });
    expect(Buffer.from(document?.input_stream.content ?? '', 'base64').subarray(0, 2).toString('hex')).toBe('ffd8');
  });

  it('refuses what is wrong at once', async () => {
    expect(() => new CameraStreamer({ serviceId: 's', serverType: 'kafka', connection: connectionOf('kafka'), colour: 1 } as never)).toThrow(/CameraStreamer: unknown option 'colour'/);
    expect(() => new CameraStreamer({ serviceId: 's', serverType: 'redis', connection: connectionOf('kafka') })).toThrow(/redis: unknown option 'brokers'/);
    expect(() => streamerOf('kafka', { retry: { initialMs: -1 } })).toThrow(/retry: option 'initialMs'/);
    const one = streamerOf('kafka');
    expect(() => one.startBackgroundStream({ input: SMALL, streamKey: 'gate' })).toThrow(InvalidOption);
    await expect(one.startStream({ input: SMALL, topic: 't', chunkFrames: 5 })).rejects.toThrow(/isVideoChunk/);
    await expect(one.startStream({ input: 'gopher://host', topic: 't' })).rejects.toThrow(InvalidOption);
    one.startBackgroundStream({ input: SMALL, streamKey: 'gate', topic: `once-${randomUUID()}` });
    expect(() => one.startBackgroundStream({ input: SMALL, streamKey: 'gate', topic: 't' })).toThrow(/not streaming already/);
  });
});
