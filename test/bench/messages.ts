/** Messages for the benchmarks that read, with the headers of `cloudevents`. Their data are random bytes or real access units. */
import { lastValueFrom, map, toArray } from 'rxjs';
import { type CameraMessage, camera, encodeH265, resize, skipRate } from 'rxcam';
import { cloudevents } from '../../src/message/cloudevents/cloudevents.js';
import { footage } from './footage.mjs';

export const SIZE = { width: 640, height: 360 };
export const FRAME_MS = 40;

/** Bytes of a message in all benchmarks. */
export const BYTES = 20_000;

/** H.265 access units of 640x360 from a real encoder, each a keyframe; 20 kB with this crf and footage. */
export async function accessUnits(count: number, crf = 13): Promise<Buffer[]> {
  return lastValueFrom(camera(footage(8)).pipe(
    skipRate(8 * 25 / count), resize(SIZE), encodeH265({ crf }), map(({ data }) => Buffer.from(data)), toArray(),
  ));
}

/** A message, as `toMessage` creates it. @param order - 1, 2, 3 …: its inputOrder, from which its media time is computed */
export function message(data: Buffer, order: number, processRun: string, { key = 'cam', capturedAt = Date.now() } = {}): CameraMessage {
  const origin = { camera: key, run: 1, seq: order, pts: order * FRAME_MS * 1_000, capturedAt, ...SIZE };
  const facts = { ...origin, mode: 'frame' as const, keyframe: true, frames: 1, lastSeq: order };
  const frame = { ...facts, data, codec: 'h265' as const, encoder: 'bench', encodeMs: 0, crf: 23 };
  const { headers = {}, id = '' } = cloudevents(frame, { camera: key, run: 1, inputOrder: order, processRun, key });
  return { ...facts, id, key, inputOrder: order, value: data, headers, previousOrderHeader: 'ce_previousorder' };
}

/** A quantile by nearest rank. @param share - 0.5 for the median, 0.95 for p95 */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
