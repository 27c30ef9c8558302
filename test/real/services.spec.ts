/** Each service that the tests start really works, also after what fault tests do to it. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  annexB, countFrames, decodeToRaw, ffmpegChildren, footage, has, http, type KafkaServer, needs, probePackets, probeStream,
  processArguments, run, sharedKafka, sharedRedis, sharedRtsp, ssim, startHttpServer, startKafka, startProgram, startRedis,
  startRtspServer, startTcpProxy, threeQuestions,
} from '../services/index.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** Ends with the test. */
function ending<T extends { stop(): Promise<void> }>(service: T): T {
  cleanUp.push(() => service.stop());
  return service;
}

async function read(url: string, frames: number, output: string[] = []): Promise<Buffer> {
  return run('ffmpeg', [
    '-hide_banner', '-loglevel', 'error', '-nostdin', ...(url.startsWith('rtsp') ? ['-rtsp_transport', 'tcp'] : []), '-i', url,
    '-map', '0:v', '-frames:v', String(frames), ...(output.length > 0 ? output : ['-f', 'rawvideo', '-pix_fmt', 'gray']), 'pipe:1',
  ]);
}

needs('redis')('Redis', () => {
  const client = (url: string) => {
    const redis = new Redis(url, { retryStrategy: () => 50 });
    redis.on('error', () => { /* refused while it is down */ });
    cleanUp.push(() => { redis.disconnect(); });
    return redis;
  };

  it('is shared by the tests of a run', async () => {
    const { url } = await sharedRedis();
    expect(await client(url).ping()).toBe('PONG');
    expect((await sharedRedis()).url).toBe(url);
  });

  it('asks for a password, refuses what does not fit, and keeps its data when it is killed', async () => {
    const server = ending(await startRedis({ requirepass: 'p@ss:/word', maxmemory: '2mb' }));
    const redis = client(server.url);
    await redis.set('key', 'value');
    await expect(redis.set('large', 'x'.repeat(4_000_000)).then(() => redis.set('more', 'x'))).rejects.toThrow('OOM');
    await redis.del('large');
    await server.kill();
    expect(server.alive).toBe(false);
    await server.start();
    expect(await redis.get('key')).toBe('value');
  });

  it('answers nothing while it is paused', async () => {
    const server = ending(await startRedis());
    const redis = client(server.url);
    await redis.ping();
    server.pause();
    const answer = redis.ping();
    const silent = await Promise.race([answer, new Promise((resolve) => setTimeout(() => { resolve('silence'); }, 200))]);
    server.resume();
    expect([silent, await answer]).toEqual(['silence', 'PONG']);
  });
});

needs('kafka')('Kafka', () => {
  const client = ({ address }: { address: string }, sasl?: { username: string; password: string }) => new Kafka({
    brokers: [address], logLevel: logLevel.NOTHING, ...(sasl && { sasl: { mechanism: 'plain', ...sasl } }),
  });

  const makeTopic = async (kafka: Kafka, topic: string, replicationFactor = 1) => {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, replicationFactor }], waitForLeaders: true });
    return admin;
  };

  const produce = async (kafka: Kafka, topic: string, value: string) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value }] });
    await producer.disconnect();
  };

  const consume = async (kafka: Kafka, topic: string, count: number): Promise<string[]> => {
    const consumer = kafka.consumer({ groupId: `group-of-${topic}` });
    cleanUp.push(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    const values: string[] = [];
    return new Promise((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        values.push(String(message.value));
        if (values.length === count) resolve(values);
        return Promise.resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  };

  it('is shared by the tests of a run', async () => {
    const { host, port, url } = await sharedKafka();
    expect(url).toBe(`kafka://${host}:${port}`);
    const kafka = client({ address: `${host}:${port}` });
    const admin = await makeTopic(kafka, 'services-spec');
    await produce(kafka, 'services-spec', 'one');
    expect(await consume(kafka, 'services-spec', 1)).toEqual(['one']);
    await expect(admin.fetchTopicMetadata({ topics: ['no-such-topic'] })).rejects.toThrow();
    await admin.disconnect();
  });

  it('asks for a login, and keeps its data when it is killed', async () => {
    const sasl = { username: 'camera', password: 'se"c\\ret' };
    const server = ending(await startKafka({ sasl }));
    const kafka = client(server, sasl);
    await (await makeTopic(kafka, 'kept')).disconnect();
    await produce(kafka, 'kept', 'before');
    await expect(client(server, { username: 'camera', password: 'wrong' }).admin().connect()).rejects.toThrow();
    await server.kill();
    await server.start();
    await produce(kafka, 'kept', 'after');
    expect(await consume(kafka, 'kept', 2)).toEqual(['before', 'after']);
  });

  it('makes a cluster whose leader moves when a broker is gone', async () => {
    const first = ending(await startKafka());
    const second: KafkaServer = ending(await startKafka({ joins: first }));
    const admin = await makeTopic(client(first), 'moving', 2);
    const leader = async () => (await admin.fetchTopicMetadata({ topics: ['moving'] })).topics[0]?.partitions[0]?.leader;
    if (await leader() === first.nodeId) {
      // Only the second can go, since the first is the controller too: make a topic that it leads.
      await admin.deleteTopics({ topics: ['moving'] });
      const replicaAssignment = [{ partition: 0, replicas: [second.nodeId, first.nodeId] }];
      await admin.createTopics({ topics: [{ topic: 'moving', replicaAssignment }], waitForLeaders: true });
    }
    expect(await leader()).toBe(second.nodeId);
    await second.down();
    await expect.poll(leader, { timeout: 20_000 }).toBe(first.nodeId);
    await admin.disconnect();
  });
});

needs('rtsp', 'ffmpeg')('RTSP', () => {
  it('serves a moving picture', async () => {
    const { url } = await sharedRtsp();
    const pictures = await read(url, 10);
    const size = 640 * 360;
    expect(pictures.length).toBe(10 * size);
    expect(pictures.subarray(0, size).equals(pictures.subarray(9 * size))).toBe(false);
  });

  it.each(['basic', 'digest'] as const)('asks for a login (%s)', async (auth) => {
    const server = ending(await startRtspServer({ user: 'ad min', password: 'p@ss:/?#w', auth, width: 320, height: 180, gop: 5 }));
    expect((await read(server.url, 2)).length).toBe(2 * 320 * 180);
    await expect(read(`rtsp://${server.host}:${server.port}/stream`, 1)).rejects.toThrow('401');
    await expect(read(`rtsp://x:y@${server.host}:${server.port}/stream`, 1)).rejects.toThrow('401');
  });

  it('serves H.265, sound beside video, sound alone, and 404', async () => {
    const server = ending(await startRtspServer({ codec: 'h265', width: 320, height: 180, gop: 5 }));
    const copied = await read(server.url, 3, ['-c', 'copy', '-f', 'hevc']);
    expect(await probeStream(copied)).toMatchObject({ codec_name: 'hevc', width: 320 });
    expect((await read(server.urlOf('/av'), 2)).length).toBe(2 * 320 * 180);
    await expect(read(server.urlOf('/audio'), 1)).rejects.toThrow('matches no streams');
    await expect(read(server.urlOf('/none'), 1)).rejects.toThrow('404');
  });

  it('plays a file in a loop, and comes back on the same port after it was killed', async () => {
    const clip = await annexB(await footage({ seconds: 1, width: 320, height: 180, gop: 5 }));
    const server = ending(await startRtspServer({ file: clip, fps: 25 }));
    const sent = new Set((await probePackets(clip)).map((packet) => packet.md5));
    const got = await probePackets(await read(server.url, 40, ['-c', 'copy', '-bsf:v', 'h264_metadata=aud=insert', '-f', 'h264']));
    expect(got.length).toBe(40);
    expect(got.filter((packet) => sent.has(packet.md5)).length).toBeGreaterThanOrEqual(30);
    await server.kill();
    await expect(read(server.url, 1)).rejects.toThrow('refused');
    await server.start();
    expect((await read(server.url, 1)).length).toBe(320 * 180);
  });
});

needs('ffmpeg')('HTTP', () => {
  it('serves a file whole, in part, and not at all when it is unchanged', async () => {
    const clip = await footage({ seconds: 1, width: 320, height: 180 });
    const server = ending(await startHttpServer({ '/clip.mp4': http.file(clip) }));
    const url = server.urlOf('/clip.mp4');
    const content = await readFile(clip);
    const whole = await fetch(url);
    expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
    const etag = whole.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
    const part = await fetch(url, { headers: { 'Range': 'bytes=100-199', 'If-Range': etag } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(100, 200))).toBe(true);
    expect((await fetch(url, { headers: { 'Range': 'bytes=100-', 'If-Range': '"other"' } })).status).toBe(200);
    expect(await countFrames(url)).toBe(25);
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/clip.mp4' });
  });

  it('cuts a download, then serves it whole', async () => {
    const clip = await footage({ seconds: 1, width: 320, height: 180 });
    const server = ending(await startHttpServer({ '/clip.mp4': http.file(clip, { cutAfter: 20_000, cuts: 1 }) }));
    const download = async () => (await (await fetch(server.urlOf('/clip.mp4'))).arrayBuffer()).byteLength;
    await expect(download()).rejects.toThrow('terminated');
    expect(await download()).toBe((await readFile(clip)).length);
  });

  it.each(['mjpeg', 'mpegts'] as const)('serves a live stream (%s)', async (kind) => {
    const server = ending(await startHttpServer({ '/live': http[kind]({ frames: 20 }) }));
    expect((await read(server.urlOf('/live'), 5)).length).toBe(5 * 320 * 240);
    expect(ffmpegChildren()).toEqual([]);
  });

  it('refuses, redirects, and goes down and comes back', async () => {
    const server = ending(await startHttpServer({
      '/locked': http.login('me', 'secret', http.body('in')), '/moved': http.redirect('/here'),
      '/here': http.body('x'), '/never': http.blackHole(),
    }));
    const statusOf = async (path: string) => (await fetch(server.urlOf(path))).status;
    expect([await statusOf('/locked'), await statusOf('/none'), await statusOf('/moved')]).toEqual([401, 404, 200]);
    await expect(fetch(server.urlOf('/never'), { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
    await server.down();
    await expect(statusOf('/here')).rejects.toThrow('fetch failed');
    await server.start();
    expect(await statusOf('/here')).toBe(200);
  });
});

describe('the TCP proxy', () => {
  const talk = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    cleanUp.push(() => { socket.destroy(); });
    await once(socket, 'connect');
    return socket;
  };
  const ask = (socket: Socket, path: string) => { socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`); };
  const ended = async (socket: Socket) => new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => { resolve(error.code ?? ''); });
    socket.on('close', () => { resolve('closed'); });
    socket.resume();
  });

  it('passes on, pauses, cuts, resets, refuses and changes its target', async () => {
    const one = ending(await startHttpServer({ '/': http.body('one') }));
    const two = ending(await startHttpServer({ '/': http.body('two') }));
    const proxy = ending(await startTcpProxy(one));
    const text = async () => (await fetch(`http://${proxy.address}/`, { headers: { Connection: 'close' } })).text();
    expect(await text()).toBe('one');
    proxy.setTarget(two);
    expect(await text()).toBe('two');

    proxy.pause();
    const late = text();
    await proxy.whenAccepted(3);
    expect(one.requests.length + two.requests.length).toBe(2);
    proxy.resume();
    expect(await late).toBe('two');

    const reset = await talk(proxy.port);
    await proxy.whenAccepted(4);
    proxy.reset();
    expect(await ended(reset)).toBe('ECONNRESET');
    const cut = await talk(proxy.port);
    await proxy.whenAccepted(5);
    proxy.cut();
    expect(await ended(cut)).toBe('closed');

    await proxy.refuse();
    await expect(text()).rejects.toThrow('fetch failed');
    await proxy.listen();
    expect(await text()).toBe('two');
  });

  it('delays, and leaves a client half-open', async () => {
    const server = ending(await startHttpServer({ '/': http.body('x') }));
    const proxy = ending(await startTcpProxy(server));
    proxy.delay(50);
    const began = performance.now();
    const socket = await talk(proxy.port);
    ask(socket, '/');
    await once(socket, 'data');
    expect(performance.now() - began).toBeGreaterThan(90);
    proxy.halfOpen();
    let more = '';
    socket.on('data', (chunk) => { more += String(chunk); });
    ask(socket, '/');
    const end = await Promise.race([ended(socket), new Promise((resolve) => setTimeout(() => { resolve('silence'); }, 200))]);
    expect([end, more]).toEqual(['silence', '']);
    expect(server.requests.length).toBe(1);
  });

  it('accepts and says nothing', async () => {
    const server = ending(await startHttpServer({ '/': http.body('x') }));
    const proxy = ending(await startTcpProxy(server));
    proxy.blackHole();
    await expect(fetch(`http://${proxy.address}/`, { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
    expect(server.requests.length).toBe(0);
  });
});

needs('ffmpeg')('footage', () => {
  it('looks natural: H.265 at the default quality stays close to it', async () => {
    const clip = await footage({ seconds: 1 });
    const encoded = await run('ffmpeg', [
      '-loglevel', 'error', '-i', clip, '-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '23', '-x265-params', 'log-level=none',
      '-f', 'hevc', 'pipe:1',
    ]);
    const alike = await ssim(clip, encoded);
    expect(alike.frames.length).toBe(25);
    expect(alike.min).toBeGreaterThan(0.93);
    const pictures = await decodeToRaw(clip, { pixelFormat: 'gray' });
    const shifted = await ssim(clip, clip, { filterB: "select='gte(n,12)'" });
    expect(pictures.length).toBe(25 * 640 * 360);
    expect(shifted.mean).toBeLessThan(alike.mean);
  });

  it('changes its resolution, pauses for half of the time, and has other codecs', async () => {
    const small = { seconds: 2, width: 320, height: 180, noise: 0 } as const;
    expect(await countFrames(await footage({ ...small, switchResolution: { width: 640, height: 360 } }))).toBe(50);
    const still = await decodeToRaw(await footage({ ...small, motion: 'half', codec: 'h265' }), { pixelFormat: 'gray' });
    const picture = (n: number) => still.subarray(n * 320 * 180, (n + 1) * 320 * 180);
    const difference = (a: number, b: number) => {
      const other = picture(b);
      return picture(a).reduce((sum, one, at) => sum + Math.abs(one - (other[at] ?? 0)), 0) / other.length;
    };
    expect(still.length).toBe(50 * 320 * 180);
    expect(difference(0, 24)).toBeLessThan(1);
    expect(difference(26, 49)).toBeGreaterThan(5);
    expect((await probePackets(await footage({ ...small, codec: 'mjpeg' }))).every((packet) => packet.keyframe)).toBe(true);
    const bframes = await probePackets(await footage({ ...small, bframes: 2, sound: true }));
    expect(bframes.some((packet, n) => (packet.pts ?? 0) < (bframes[n - 1]?.pts ?? 0))).toBe(true);
  });
});

describe('the three questions', () => {
  const balanced = { captured: 10, published: 4, delivered: 1, skipped: 2, dropped: { outbox: 1, stopped: 1 }, inFlight: 1 };

  it('finds a frame that is not accounted for', async () => {
    await threeQuestions({ stats: balanced });
    await expect(threeQuestions({ stats: { ...balanced, published: 3 } })).rejects.toThrow('accounted for 9');
  });

  it('finds a secret in any form, in any text', async () => {
    const secrets = ['p@ss/w "ord'];
    await threeQuestions({ secrets, logs: ['rtsp://user:***@host/'], errors: [new Error('refused')] });
    await expect(threeQuestions({ secrets, logs: ['x p%40ss%2Fw%20%22ord y'] })).rejects.toThrow('secret');
    await expect(threeQuestions({ secrets, logs: [JSON.stringify({ url: secrets[0] })] })).rejects.toThrow('secret');
    const error = new Error('x', { cause: new Error(`said ${String(secrets[0])}`) });
    await expect(threeQuestions({ secrets, errors: [error] })).rejects.toThrow('secret');
  });

  needs('ffmpeg')('about processes', () => {
    it('finds an ffmpeg that is left, of any depth, but not one that a service runs', async () => {
      const endless = ['-loglevel', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'color=s=16x16', '-f', 'null', '-'];
      ending(await startProgram({ name: 'ffmpeg', command: 'ffmpeg', args: endless }));
      expect(ffmpegChildren()).toEqual([]);
      const shell = ending(await startProgram({ name: 'a shell', command: 'sh', args: ['-c', 'ffmpeg "$@"; true', 'sh', ...endless] }));
      await expect.poll(ffmpegChildren).toHaveLength(1);
      const [pid] = ffmpegChildren();
      expect(processArguments(pid ?? 0)).toContain('color=s=16x16');
      const asked = threeQuestions({ stats: balanced });
      await shell.kill();
      await asked;
    });
  });
});

beforeAll(async () => {
  // Made before the tests, whose time limits are for the services.
  if (has('ffmpeg')) await footage({ seconds: 1, width: 320, height: 180 });
});
