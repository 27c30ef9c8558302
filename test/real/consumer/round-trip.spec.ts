/** The input of each encoder is the output of `decode` behind a real broker: every picture, with its own seq and time, and it looks like the one that was sent. */
import { randomUUID } from 'node:crypto';
import { type Observable, type OperatorFunction, filter, lastValueFrom, tap, toArray } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Broker, type Camera, type EncodedFrame, type Frame, type Verified, camera, decode, encodeH265, encodeJpeg, kafka, passthrough, publish,
  redis, subscribe, toMessage, verify,
} from '../../../src/index.js';
import { footage, needs, noFfmpegLeft, sharedKafka, sharedRedis, ssim } from '../../services/index.js';

const PICTURES = 50;
/** The least SSIM against the source: that of the encoder, and next to nothing more. */
const STEPS: readonly [string, OperatorFunction<Frame, EncodedFrame>, number][] = [
  ['frame mode', encodeH265({ mode: 'frame', crf: 18 }), 0.975],
  ['stream mode', encodeH265({ mode: 'stream', gop: 10, crf: 18 }), 0.975],
  ['chunks', encodeH265({ mode: 'stream', crf: 18, chunk: { frames: 7 } }), 0.975],
  ['JPEG', encodeJpeg({ quality: 95 }), 0.985],
  ['passthrough', passthrough() as unknown as OperatorFunction<Frame, EncodedFrame>, 0.985],
];

function roundTrips(open: () => Promise<Broker>): void {
  let broker: Broker;
  let clip: string;
  beforeAll(async () => {
    broker = await open();
    clip = await footage({ width: 320, height: 180 });
  });
  afterAll(() => broker.close({ deadlineMs: 0 }));

  it.each(STEPS)('brings every picture of %s', async (_, step, least) => {
    const topic = `round-${randomUUID()}`;
    const sent: { seq: number; pts: number; capturedAt: number }[] = [];
    const gate: Camera = camera(clip, { key: 'gate' });
    const encoded$: Observable<EncodedFrame> = gate.pipe(step);
    const noted$ = encoded$.pipe(tap((frame) => { for (const { seq, pts, capturedAt } of frame.pictures ?? [frame]) sent.push({ seq, pts, capturedAt }); }));
    await lastValueFrom(noted$.pipe(toMessage(), publish(broker, { topic })));
    const check = verify();
    const whole$ = subscribe(broker, { topic, key: 'gate', from: 'earliest', to: 'latest' }).pipe(check, filter((one): one is Verified => one.verdict !== 'gap'));
    const pictures = await lastValueFrom(whole$.pipe(decode({ pixelFormat: 'jpeg', quality: 95 }), toArray()));
    expect(sent).toHaveLength(PICTURES);
    expect(pictures.map(({ seq, pts, capturedAt }) => ({ seq, pts, capturedAt }))).toEqual(sent);
    expect(check.stats).toMatchObject({ torn: 0, repeated: 0, gaps: 0 });
    const { mean } = await ssim(clip, Buffer.concat(pictures.map(({ data }) => data)));
    expect(mean).toBeGreaterThan(least);
    await noFfmpegLeft();
  });
}

needs('kafka', 'ffmpeg')('through Kafka', () => {
  roundTrips(async () => kafka({ brokers: [new URL((await sharedKafka()).url).host] }));
});

needs('redis', 'ffmpeg')('through Redis', () => {
  roundTrips(async () => redis({ url: (await sharedRedis()).url }));
});
