/** Whether pictures change: by keyframes alone, over the length of a GOP. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Stillness } from '../../../src/camera/stillness.js';
import type { EncodedFrame, Frame } from '../../../src/core/frame/frame.js';

const MINUTE_AGO = Date.now() - 60_000;

function picture(data: Buffer, { keyframe = true, capturedAt = MINUTE_AGO }: Partial<EncodedFrame> = {}): EncodedFrame {
  return { codec: 'h265', keyframe, capturedAt, data } as EncodedFrame;
}

const numbered = (n: number) => Buffer.from(String(n).padStart(40, '-').repeat(2));

it('counts the time from the last new picture on, while those of one GOP come again and again, and begins again with a new one', () => {
  const stillness = new Stillness();
  const gop = Array.from({ length: 50 }, (_, n) => numbered(n));
  for (const data of gop) stillness.observe(picture(data));
  expect(stillness.stillMs).toBe(0);
  for (const data of gop) stillness.observe(picture(Buffer.from(data), { capturedAt: Date.now() }));
  expect(stillness.stillMs).toBeGreaterThanOrEqual(60_000);
  stillness.observe(picture(numbered(50), { capturedAt: Date.now() }));
  expect(stillness.stillMs).toBe(0);
});

it('does not treat as still a picture that repeats only after more than a GOP', () => {
  const stillness = new Stillness();
  for (let n = 0; n < 1_000; n++) {
    stillness.observe(picture(numbered(n % 200)));
    expect(stillness.stillMs).toBe(0);
  }
});

it('does not look at pictures that depend on others, that are raw, or that have no bytes', () => {
  const stillness = new Stillness();
  const data = Buffer.alloc(500, 1);
  for (let n = 0; n < 9; n++) {
    stillness.observe(picture(Buffer.alloc(0)));
    stillness.observe({ data, capturedAt: MINUTE_AGO, pixelFormat: 'gray' } as Frame);
    stillness.observe(picture(data, { keyframe: false }));
  }
  expect(stillness.stillMs).toBe(0);
});

it('takes no pictures for the same whose length or end differs', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 12, maxLength: 40 }), fc.integer({ min: 1, max: 255 }), (bytes, change) => {
    const stillness = new Stillness();
    const data = Buffer.from(bytes);
    stillness.observe(picture(data));
    stillness.observe(picture(data));
    for (const other of [Buffer.concat([data, Buffer.from([change])]), Buffer.concat([data.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ change])])]) {
      stillness.observe(picture(other));
      for (let n = 0; n < 2; n++) stillness.observe(picture(other));
      expect(stillness.stillMs).toBe(0);
    }
  }));
});
