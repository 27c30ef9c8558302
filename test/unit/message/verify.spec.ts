/** verify against a sender, a way and a broker that do what they are told: it says exactly what was planted. */
import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { verify } from '../../../operators/verify.js';
import type { Gap, Received, Verified } from '../../../src/message/index.js';
import { type Sent, cut, received } from '../broker/sent.js';

/** What becomes of a message. `dropped`: the sender leaves it out; `lost`: it goes missing on the way. */
const FATES = ['sent', 'sent', 'sent', 'dropped', 'lost', 'repeated', 'cut', 'cut and sent again', 'late', 'restart'] as const;
type Fate = (typeof FATES)[number];

interface Planted { readonly stream: Received[]; readonly expected: string[] }

const all = (stream: Received[]): Promise<(Verified | Gap)[]> =>
  lastValueFrom(from(stream).pipe(verify({ keep: ['repeated', 'torn', 'undecodable'] }), toArray()));
const shown = (one: Verified | Gap) => (one.verdict === 'gap' ? `${one.camera} ${one.cause} ${one.from}-${one.to}` : `${one.camera} ${one.verdict} ${one.inputOrder}`);

/** Plays the fates of one camera's messages, and writes down what must be said of them. */
function plant(camera: string, fates: readonly Fate[]): Planted {
  const stream: Received[] = [];
  const expected: string[] = [];
  let run = 1;
  let order = 0;
  let lastSent = 0;
  let missing: { cause: 'dropped' | 'lost'; order: number }[] = [];
  let delayed: Sent | undefined;
  let isJoined = false;
  const bring = (message: Received, verdict: string) => {
    if (isJoined && verdict !== 'late') expected.push(...gaps(camera, missing, Number(message.header('ce_previousorder'))));
    if (verdict !== 'late') missing = [];
    isJoined = true;
    stream.push(message);
    expected.push(`${camera} ${verdict === 'late' ? 'whole' : verdict} ${message.inputOrder}`);
  };
  for (const fate of fates) {
    if (fate === 'restart') {
      // What was lost before a restart can't be told, and a camera that is late at it neither.
      if (delayed !== undefined || missing.length > 0) continue;
      run++;
      order = 0;
      lastSent = 0;
      continue;
    }
    order++;
    const sent: Sent = { camera, run: `run${run}`, order, previous: lastSent };
    if (fate === 'dropped') {
      missing.push({ cause: 'dropped', order });
      continue;
    }
    lastSent = order;
    if (fate === 'lost') missing.push({ cause: 'lost', order });
    else if (fate === 'late' && delayed === undefined && isJoined) {
      delayed = sent;
      missing.push({ cause: 'lost', order });
    } else {
      const isCut = fate.startsWith('cut');
      bring(isCut ? cut(sent) : received(sent), isCut ? 'torn' : 'whole');
      if (fate === 'repeated') bring(received(sent), 'repeated');
      if (fate === 'cut and sent again') bring(received(sent), 'whole');
      if (delayed !== undefined) {
        bring(received(delayed), 'late');
        delayed = undefined;
      }
    }
  }
  return { stream, expected };
}

/** Of neighbours that are missing, those up to the last one sent count as lost, and the rest as dropped. */
function gaps(camera: string, missing: readonly { order: number }[], previous: number): string[] {
  const part = (cause: string, orders: number[]) => (orders.length === 0 ? [] : [`${camera} ${cause} ${orders[0]}-${orders.at(-1)}`]);
  const orders = missing.map(({ order }) => order);
  return [...part('lost', orders.filter((order) => order <= previous)), ...part('dropped', orders.filter((order) => order > previous))];
}

describe('verify', () => {
  it('says of each message what was planted, and where others are missing', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom(...FATES), { maxLength: 60 }), async (fates) => {
      const { stream, expected } = plant('cam', fates);
      expect((await all(stream)).map(shown)).toEqual(expected);
    }), { numRuns: 500 });
  });

  it('checks each key by itself, however they are mixed', async () => {
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
    expect(operator.stats).toEqual({ whole: 3, repeated: 1, torn: 1, fenced: 0, undecodable: 0, late: 1, unchecked: 0, gaps: 2, dropped: 1, lost: 2, expired: 0 });
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
});
