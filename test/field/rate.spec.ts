/** Sources that state the time base of their container as their rate, or no rate: the rate is measured from their pictures. */
import { randomUUID } from 'node:crypto';
import { lastValueFrom, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { CameraStreamer } from '../../src/apps/streamer/index.js';
import { type CameraEvent, type EncodedFrame, camera, encodeH265, encodeJpeg, passthrough, skipRate } from '../../src/index.js';
import { countFrames, fieldInput, fieldJpegs, needs, probeStream, sharedRedis, startOddHttp, threeQuestions } from '../services/index.js';

function opened(events: readonly CameraEvent[]) {
  const found = events.filter((event) => event.type === 'opened');
  expect(found).toHaveLength(1);
  return found[0]?.source;
}

function watched(address: string) {
  const gate = camera(address);
  const events: CameraEvent[] = [];
  gate.events$.subscribe((event) => { events.push(event); });
  return { gate, events };
}

const ODD = [
  ['recorder1k.webm', 120, 30], ['phone-vfr.ts', 120, 30], ['phone-vfr.mp4', 120, 29.95], ['stated1000.webm', 30, 10], ['stated90k.avi', 45, 15],
] as const;

needs('ffmpeg')('a rate that is not stated', () => {
  it.each(ODD)('of %s: %i pictures at about %d', async (name, pictures, fps) => {
    const { gate, events } = watched(await fieldInput(name));
    const frames = await lastValueFrom(gate.pipe(encodeH265(), toArray()));
    await threeQuestions({ stats: gate.stats });
    expect(frames).toHaveLength(pictures);
    expect(opened(events)?.fps).toBeCloseTo(fps, 1);
    expect(new Set(frames.map((frame) => frame.fps))).toEqual(new Set([opened(events)?.fps]));
    // Events are in this order.
    const types = events.map(({ type }) => type);
    expect(types.indexOf('opened')).toBeLessThan(types.indexOf('captured'));
    const video = Buffer.concat(frames.map(({ data }) => data));
    const { r_frame_rate: stated, level, profile } = await probeStream(video);
    expect({ profile, pictures: await countFrames(video) }).toEqual({ profile: 'Main', pictures });
    expect(level).toBeLessThanOrEqual(63);
    const [num = 0, den = 1] = String(stated).split('/').map(Number);
    expect(num / den).toBeGreaterThan(fps / 2);
    expect(num / den).toBeLessThan(fps * 2.6);
  });

  it.each(['frame', 'stream'] as const)('in %s mode, thinned, gives five pictures a second', async (mode) => {
    const { gate } = watched(await fieldInput('recorder1k.webm'));
    const frames = await lastValueFrom(gate.pipe(skipRate({ fps: 5 }), encodeH265({ mode }), toArray()));
    await threeQuestions({ stats: gate.stats });
    expect(frames.length).toBeGreaterThanOrEqual(19);
    expect(frames.length).toBeLessThanOrEqual(22);
  });

  it('passes through with the rate of its pictures', async () => {
    const { gate, events } = watched(await fieldInput('phone-vfr.ts'));
    const frames = await lastValueFrom(gate.pipe(passthrough(), toArray()));
    await threeQuestions({ stats: gate.stats });
    expect(frames).toHaveLength(120);
    expect(opened(events)?.fps).toBe(30);
  });

  it('of one picture is unknown, and delays nothing', async () => {
    const { gate, events } = watched(await fieldInput('still.webp'));
    const frames = await lastValueFrom(gate.pipe(encodeJpeg(), toArray()));
    await threeQuestions({ stats: gate.stats });
    expect(frames).toHaveLength(1);
    expect(opened(events)?.fps ?? 25).toBe(25);
  });
});

needs('ffmpeg', 'python')('a board that sends JPEGs', () => {
  it.each([10, 4])('has the rate at which it sends them: %i', async (fps) => {
    const server = await startOddHttp({
      mode: 'mjpeg', files: await fieldJpegs(), fps, head: 'HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n',
      part: '--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len}\r\n\r\n',
    });
    const rates: number[] = [];
    const isRight = () => rates.some((rate) => rate > fps * 0.7 && rate < fps * 1.4);
    // A JPEG has no time but that of its arrival, and several arrive at once where ffmpeg begins late, on a busy machine.
    while (!isRight() && rates.length < 3) {
      const { gate, events } = watched(`http://127.0.0.1:${server.port}/video`);
      const frames: EncodedFrame[] = await lastValueFrom(gate.pipe(encodeH265(), take(8), toArray()));
      await threeQuestions({ stats: gate.stats });
      expect(frames).toHaveLength(8);
      rates.push(opened(events)?.fps ?? NaN);
    }
    await server.stop();
    expect(isRight(), rates.join(', ')).toBe(true);
  });
});

needs('ffmpeg', 'redis')('CameraStreamer at five pictures a second', () => {
  it.each(['recorder1k.webm', 'phone-vfr.ts', 'phone-vfr.mp4'])('sends about 20 of the 120 of %s', async (name) => {
    const streamer = new CameraStreamer({ serviceId: 'service_1', serverType: 'redis', videoCodec: 'jpeg', connection: { url: (await sharedRedis()).url } });
    await streamer.startStream({ input: await fieldInput(name), streamKey: randomUUID(), topic: randomUUID(), fps: 5 });
    const { full } = streamer.getTransmissionStats();
    await streamer.close();
    expect(full).toBeGreaterThanOrEqual(19);
    expect(full).toBeLessThanOrEqual(24);
  });
});
