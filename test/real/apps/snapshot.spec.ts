/** snapshot on real ffmpeg: one JPEG of a camera, idle or running, with pictures in any form. */
import { type Observable, Subscription, concatMap, filter, firstValueFrom, interval, map } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Camera, type CameraConfig, type CameraEvent, type Engine, type EngineEvent, InvalidOption, type PixelFormat, SourceTimeout, camera, encodeH265, encodeJpeg, passthrough, resize, retry,
  skipRate, skipUnchanged, snapshot, toMessage,
} from '../../../src/index.js';
import { QUICK, QUICK_RETRY, captures } from '../../faults/kit.js';
import { annexB, footage, ledgerBalances, needs, processArguments, probeStream, ssim, startRtspServer, threeQuestions } from '../../services/index.js';
import { readJpeg } from '../ffmpeg/jpeg.js';

const SOURCE = 'test:?size=320x180&fps=25';

/** A camera whose ledger is checked at each event, with what runs on it. */
class Gate {
  readonly gate: Camera;
  readonly events: CameraEvent[] = [];
  readonly running = new Subscription();

  constructor(source = SOURCE, config: CameraConfig = {}) {
    this.gate = camera(source, { key: 'gate', ...config });
    this.running.add(this.gate.events$.subscribe((event) => {
      this.events.push(event);
      ledgerBalances(this.gate.stats);
    }));
  }

  /** Runs steps until the first value is out. */
  async run(steps: (gate: Camera) => Observable<unknown>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.running.add(steps(this.gate).subscribe({ next: () => { resolve(); }, error: reject }));
    });
  }

  count(type: CameraEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}

let made: Gate[] = [];
function newGate(source?: string, config?: CameraConfig): Gate {
  const gate = new Gate(source, config);
  made.push(gate);
  return gate;
}

afterEach(async () => {
  const last = made;
  made = [];
  for (const { running } of last) running.unsubscribe();
  await threeQuestions({ stats: last.map(({ gate }) => gate.stats), events: last.flatMap(({ events }) => events), secrets: ['se-cret'] });
});

async function expectPicture(jpeg: Buffer, width: number, height: number): Promise<void> {
  expect(readJpeg(jpeg)).toMatchObject({ jfif: '1.02', width, height, sampling: '2x2 1x1 1x1' });
  expect(await probeStream(jpeg)).toMatchObject({ codec_name: 'mjpeg', width, height });
}

describe('a snapshot of an idle camera', () => {
  it('is its first picture, and counts as a run does', async () => {
    const { gate, events } = newGate();
    await expectPicture(await snapshot(gate), 320, 180);
    expect(gate.stats).toMatchObject({ delivered: 1, inFlight: 0 });
    expect(events.filter(({ type }) => type === 'stopped')).toMatchObject([{ reason: 'unsubscribed' }]);
  });

  it('has the quality asked for', async () => {
    const { gate } = newGate(await footage({ seconds: 1 }));
    const [low, high] = [await snapshot(gate, { quality: 20 }), await snapshot(gate, { quality: 95 })];
    expect(high.length).toBeGreaterThan(3 * low.length);
  });

  it('rejects with the failure of the camera', async () => {
    const { gate } = newGate('/no/such/video.mp4');
    await expect(snapshot(gate)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', camera: 'gate' });
  });

  it('ends with the signal, and leaves no process behind', async () => {
    const { gate, events } = newGate();
    await expect(snapshot(gate, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(events).toEqual([]);
    const abort = new AbortController();
    gate.events$.subscribe(({ type }) => { if (type === 'connecting') abort.abort(new Error('not needed')); });
    await expect(snapshot(gate, { signal: abort.signal })).rejects.toThrow('not needed');
    expect(gate.stats.state).toBe('stopped');
    await expect(snapshot(gate, { signal: 'soon' as never })).rejects.toThrow("snapshot: option 'signal': \"soon\" given, expected an AbortSignal");
  });

  it('leaves the camera idle for the next subscription', async () => {
    const one = newGate();
    await snapshot(one.gate);
    await one.run((gate) => gate.pipe(encodeJpeg()));
    expect(one.events.every(({ run }) => run === 1)).toBe(true);
  });

  it('takes one run for many at once', async () => {
    const one = newGate();
    const pictures = await Promise.all(Array.from({ length: 4 }, () => snapshot(one.gate)));
    for (const picture of pictures) await expectPicture(picture, 320, 180);
    expect(one.count('connecting')).toBe(1);
  });
});

describe('a snapshot of a running camera', () => {
  it.each<[string, (gate: Camera) => Observable<unknown>, number]>([
    ['frame mode', (gate) => gate.pipe(resize({ width: 160 }), encodeH265()), 160],
    ['stream mode', (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 10 })), 320],
    ['chunks of a GOP', (gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 10, chunk: 'gop' })), 320],
    ['JPEG', (gate) => gate.pipe(skipRate({ fps: 5 }), encodeJpeg({ quality: 60 })), 320],
    ['raw frames', (gate) => gate, 320],
    ['frames out of user code', (gate) => gate.pipe(map((frame) => frame), encodeH265()), 320],
  ])('in %s is of its size, out of its own run', async (_, steps, width) => {
    const one = newGate();
    await one.run(steps);
    await expectPicture(await snapshot(one.gate), width, width * 9 / 16);
    expect(one.count('connecting')).toBe(1);
    expect(one.count('duplicate')).toBe(0);
  });

  it.each<PixelFormat>(['nv12', 'gray', 'rgb24', 'bgra'])('of raw frames in %s', async (pixelFormat) => {
    const one = newGate(SOURCE, { pixelFormat });
    await one.run((gate) => gate);
    await expectPicture(await snapshot(one.gate), 320, 180);
  });

  it.each(['h264', 'h265'] as const)('that passes %s through shows a picture of the source', async (codec) => {
    const clip = await footage({ codec, seconds: 4, gop: 10, noise: 0, motion: false, bframes: 2 });
    const one = newGate(clip, { pace: 'realtime' });
    await one.run((gate) => gate.pipe(passthrough()));
    const jpeg = await snapshot(one.gate);
    await expectPicture(jpeg, 640, 360);
    expect((await ssim(clip, jpeg, { filterA: 'select=eq(n\\,0)' })).mean).toBeGreaterThan(0.95);
  });

  it('is a JPEG message unchanged', async () => {
    const one = newGate();
    const sent: Buffer[] = [];
    await one.run((gate) => gate.pipe(encodeJpeg({ quality: 60 }), map(({ data }) => sent.push(data))));
    const jpeg = await snapshot(one.gate, { quality: 95 });
    expect(sent.some((data) => data === jpeg)).toBe(true);
  });

  it('that finds nothing changed is the last full picture', async () => {
    const one = newGate(await footage({ seconds: 4, motion: false, noise: 0 }), { pace: 'realtime' });
    await one.run((gate) => gate.pipe(skipUnchanged({ maxGapMs: 60_000 }), encodeH265(), toMessage({ unchanged: 'reference' })));
    await expectPicture(await snapshot(one.gate), 640, 360);
    expect(one.count('encoded')).toBe(1);
  });

  it('rejects if the picture is damaged, and names the camera', async () => {
    const damaged: Engine = () => interval(20).pipe(concatMap((index): EngineEvent[] => [
      { type: 'captured', pts: index },
      { type: 'output', pts: index, keyframe: true, width: 320, height: 180, format: 'h265', data: Buffer.alloc(5_000, 7) },
    ]));
    const one = newGate(SOURCE, { engine: damaged });
    await one.run((gate) => gate.pipe(encodeH265()));
    await expect(snapshot(one.gate)).rejects.toMatchObject({ code: 'DECODE_FAILED', camera: 'gate' });
  });

  it('serves many at once', async () => {
    const one = newGate();
    await one.run((gate) => gate.pipe(encodeH265()));
    for (const picture of await Promise.all([1, 2, 3].map(() => snapshot(one.gate)))) await expectPicture(picture, 320, 180);
    expect(one.count('connecting')).toBe(1);
  });

  it('continues as for an idle one when the run ends without a picture', async () => {
    const one = newGate();
    const running = one.gate.pipe(encodeH265()).subscribe();
    const taken = snapshot(one.gate);
    running.unsubscribe();
    await expectPicture(await taken, 320, 180);
    expect(one.count('connecting')).toBe(2);
  });

  it('ends its process when the time is over', async () => {
    const one = newGate();
    await one.run((gate) => gate.pipe(encodeH265()));
    await expect(snapshot(one.gate, { timeoutMs: 1 })).rejects.toBeInstanceOf(SourceTimeout);
  });
});

needs('rtsp')('a snapshot of an RTSP camera', () => {
  it('opens no second session, and waits for no camera beyond its time limit', async () => {
    const server = await startRtspServer({ file: await annexB(await footage({ gop: 10 })), fps: 25, user: 'viewer', password: 'se-cret' });
    const one = newGate(server.url, QUICK);
    let most = 0;
    const said: string[] = [];
    const looking = setInterval(() => {
      const words = captures().map((pid) => processArguments(pid));
      most = Math.max(most, words.filter((args) => args.includes('concat')).length);
      said.push(...words.map((args) => args.join(' ')));
    }, 5);
    try {
      await one.run((gate) => gate.pipe(encodeH265({ mode: 'stream', gop: 10 }), retry(QUICK_RETRY)));
      await expectPicture(await snapshot(one.gate), 640, 360);
      expect([most, one.count('connecting')]).toEqual([1, 1]);

      const failed = firstEvent(one.gate, 'failed');
      await server.kill();
      await failed;
      const before = one.count('delivered');
      const error: unknown = await snapshot(one.gate, { timeoutMs: 1_000 }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SourceTimeout);
      expect(error).toMatchObject({ message: 'no picture within 1000 ms', camera: 'gate' });
      expect(one.count('delivered')).toBe(before);

      const waiting = snapshot(one.gate);
      await server.restart();
      await expectPicture(await waiting, 640, 360);
      expect(most).toBe(1);
      expect(said.join('\n')).not.toContain('se-cret');
      expect(said.some((line) => line.includes('-f hevc -i pipe:0'))).toBe(true);
    } finally {
      clearInterval(looking);
      one.running.unsubscribe();
      await server.stop();
    }
  });
});

function firstEvent(gate: Camera, type: CameraEvent['type']): Promise<unknown> {
  return firstValueFrom(gate.events$.pipe(filter((event) => event.type === type)));
}

describe('what snapshot refuses', () => {
  it.each<[string, unknown, unknown, RegExp]>([
    ['no camera', undefined, {}, /^snapshot: undefined given, expected the result of camera\(\)$/],
    ['any Observable', camera(SOURCE).pipe(map((frame) => frame)), {}, /^snapshot: object given/],
    ['a camera with steps', camera(SOURCE).pipe(resize({ width: 160 })), {}, /^snapshot: a camera with steps given/],
    ['a camera with retry', camera(SOURCE).pipe(retry()), {}, /^snapshot: a camera with steps given/],
    ['a quality of 0', camera(SOURCE), { quality: 0 }, /^snapshot: option 'quality': 0 given/],
    ['no time', camera(SOURCE), { timeoutMs: 0 }, /^snapshot: option 'timeoutMs': 0 given/],
    ['an unknown option', camera(SOURCE), { width: 5 }, /^snapshot: unknown option 'width'$/],
  ])('%s', async (_, given, config, message) => {
    const error: unknown = await snapshot(given as Camera, config as object).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidOption);
    expect((error as Error).message).toMatch(message);
  });
});
