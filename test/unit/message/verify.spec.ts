/** verify with a scripted sender, network and broker: it reports exactly the planted faults. */
import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { verify } from '../../../operators/verify.js';
import type { Gap, Received, Verified } from '../../../src/message/index.js';
import { cut, received } from '../broker/sent.js';
import { FATES, plant, shown } from './planted.js';

const all = (stream: Received[]): Promise<(Verified | Gap)[]> =>
  lastValueFrom(from(stream).pipe(verify({ keep: ['repeated', 'torn', 'undecodable'] }), toArray()));

describe('verify', () => {
  it('says of each message what was planted, and where others are missing', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...FATES), { maxLength: 60 }), async (fates) => {
      const { stream, expected } = plant('cam', fates);
      expect((await all(stream)).map(shown)).toEqual(expected);
    }), { numRuns: 500 });
  });

  it('checks each key separately, in any mixture', async () => {
    const fates = fc.array(fc.constantFrom(...FATES), { maxLength: 20 });
    await fc.assert(fc.asyncProperty(fates, fates, fc.infiniteStream(fc.boolean()), async (a, b, choices) => {
      const planted = [plant('a', a), plant('b', b)];
      const queues = planted.map(({ stream }) => [...stream]);
      const mixed: Received[] = [];
      while (queues.some((queue) => queue.length > 0)) {
        const first = queues[choices.next().value === true ? 0 : 1] as Received[];
        const queue = first.length > 0 ? first : queues.find((one) => one.length > 0) as Received[];
        mixed.push(queue.shift() as Received);
      }
      const said = (await all(mixed)).map(shown);
      for (const [index, camera] of ['a', 'b'].entries()) {
        expect(said.filter((one) => one.startsWith(`${camera} `))).toEqual(planted[index]?.expected);
      }
    }), { numRuns: 200 });
  });

  it('counts what it says', async () => {
    const operator = verify();
    const stream = [received({ order: 1 }), received({ order: 1 }), cut({ order: 2 }), received({ order: 6, previous: 4 }), received({ order: 3 })];
    await lastValueFrom(from(stream).pipe(operator, toArray()));
    expect(operator.stats).toEqual({ whole: 3, repeated: 1, torn: 1, fenced: 0, undecodable: 0, late: 1, unchecked: 0, gaps: 2, dropped: 1, lost: 2, expired: 0, takeovers: 0 });
  });

  it('calls what was sent after another machine had the camera fenced, and goes by epochs, not by time', async () => {
    const sent = (run: string, order: number, epoch: number) => received({ run, order, epoch });
    const operator = verify({ keep: ['fenced', 'repeated'] });
    const stream = [
      sent('old', 1, 5), sent('old', 2, 5), sent('new', 1, 6), sent('old', 3, 5), sent('new', 2, 6), sent('old', 2, 5), sent('new', 3, 9), sent('newest', 1, 8),
    ];
    const shownAll = (await lastValueFrom(from(stream).pipe(operator, toArray()))).map((one) => (one.verdict === 'gap' ? 'gap' : `${one.verdict} ${one.inputOrder}/${one.epoch}`));
    expect(shownAll).toEqual(['whole 1/5', 'whole 2/5', 'whole 1/6', 'fenced 3/5', 'whole 2/6', 'repeated 2/5', 'whole 3/9', 'fenced 1/8']);
    expect(operator.stats).toMatchObject({ whole: 5, fenced: 2, repeated: 1, gaps: 0 });
  });

  describe('at a change of owner in a fleet', () => {
    const old = (order: number) => received({ run: 'old', order, epoch: 5 });
    const first = (handover: string | undefined, order = 1) => received({ run: 'new', order, epoch: 6, ...(handover !== undefined && { handover }) });
    const gapsOf = async (...stream: ReturnType<typeof received>[]) => {
      const operator = verify();
      const all = await lastValueFrom(from(stream).pipe(operator, toArray()));
      return { stats: operator.stats, gaps: all.flatMap((one) => (one.verdict === 'gap' ? [{ cause: one.cause, size: one.size, from: one.from, to: one.to }] : [])) };
    };

    it('names a takeover, of unknown size, once, where the owner before did not hand the camera over', async () => {
      const { gaps, stats } = await gapsOf(old(1), old(2), first('unknown'), first('unknown'), first(undefined, 2));
      expect(gaps).toEqual([{ cause: 'takeover', size: 0, from: 3, to: undefined }]);
      expect(stats).toMatchObject({ whole: 4, repeated: 1, gaps: 1, takeovers: 1, lost: 0 });
    });

    it('finds no gap if the last message of the handover has arrived', async () => {
      expect((await gapsOf(old(1), old(2), first('cam/old/2'))).gaps).toEqual([]);
    });

    it('reports messages that are missing up to the last one of the handover as lost', async () => {
      expect((await gapsOf(old(1), old(2), first('cam/old/4'))).gaps).toEqual([{ cause: 'lost', size: 2, from: 3, to: 4 }]);
    });

    it('calls all of an owner lost of which nothing has come', async () => {
      expect((await gapsOf(old(1), first('cam/between/3'))).gaps).toEqual([{ cause: 'lost', size: 3, from: 1, to: 3 }]);
    });

    it('names nothing at the beginning of a reading, and nothing that it can not read', async () => {
      expect((await gapsOf(first('unknown'), first(undefined, 2))).gaps).toEqual([]);
      expect((await gapsOf(old(1), first('what is this'))).gaps).toEqual([]);
      expect((await gapsOf(old(1), first('cam/old/many'))).gaps).toEqual([]);
    });
  });
});
