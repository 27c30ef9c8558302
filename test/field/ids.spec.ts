/** Ids of messages: each is unique, even if the camera that numbers them is replaced. */
import { firstValueFrom, lastValueFrom, map, merge, of, share, take, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { type EncodedFrame, type MessageFormatter, camera, encodeH265, memory, publish, retry, toMessage } from '../../src/index.js';
import { needs, threeQuestions } from '../services/index.js';

const SOURCE = 'test:?size=64x48&fps=25&duration=0.4';
const gate = () => camera(SOURCE, { key: 'gate', pace: 'asap' });
const idsOf = (made: ReturnType<typeof gate>, format?: MessageFormatter) =>
  lastValueFrom(made.pipe(encodeH265(), toMessage(format ?? {}), map(({ id, headers }) => headers['ce_id'] ?? id), toArray()));

needs('ffmpeg')('the id of a message', () => {
  it('is not repeated by another camera with the same key', async () => {
    const made = [gate(), gate(), gate()];
    const ids = [];
    for (const one of made) ids.push(...await idsOf(one));
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
    await threeQuestions({ stats: made.map(({ stats }) => stats) });
  });

  it('differs between two cameras of one key that run at once, and between two runs of one', async () => {
    const [first, second] = [gate(), gate()];
    const ids = (await Promise.all([idsOf(first), idsOf(second), idsOf(first)])).flat();
    expect(new Set(ids).size).toBe(30);
    await threeQuestions({ stats: [first.stats, second.stats] });
  });

  it('differs between two publishes of one camera, to brokers that are independent of each other', async () => {
    const one = gate();
    const units$ = one.pipe(encodeH265(), share());
    const brokers = [memory(), memory()];
    await lastValueFrom(merge(...brokers.map((broker) => units$.pipe(toMessage(), publish(broker, { topic: 'video' })))));
    const ids = brokers.flatMap((broker) => broker.read('video').map(({ headers }) => headers['ce_id']));
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
    await Promise.all(brokers.map((broker) => broker.close()));
    await threeQuestions({ stats: one.stats });
  });

  it('continues over the reconnects of a camera, and over its subscriptions', async () => {
    const one = gate();
    const ids = [...await idsOf(one), ...await firstValueFrom(one.pipe(encodeH265(), toMessage(), retry(), map(({ id }) => [id])))];
    expect(new Set(ids.map((id) => id.split('/')[1])).size).toBe(1);
    expect(ids.map((id) => Number(id.split('/')[2]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    await threeQuestions({ stats: one.stats });
  });

  it('is unique for frames without a camera, and in custom formats without an id', async () => {
    const one = gate();
    const bare: MessageFormatter = ({ data }) => ({ value: data });
    const [unit] = await lastValueFrom(one.pipe(encodeH265(), take(1), toArray())) as [EncodedFrame];
    const { camera: name, run, seq, pts, capturedAt, width, height, codec, mode, keyframe, frames, lastSeq, encoder, encodeMs, data } = unit;
    const loose = { camera: name, run, seq, pts, capturedAt, width, height, codec, mode, keyframe, frames, lastSeq, encoder, encodeMs, data };
    const again = () => lastValueFrom(of(loose, loose).pipe(toMessage(), map(({ id }) => id), toArray()));
    const ids = [...await again(), ...await again(), ...await idsOf(gate(), bare), ...await idsOf(gate(), bare)];
    expect(new Set(ids).size).toBe(24);
    await threeQuestions({ stats: one.stats });
  });
});
