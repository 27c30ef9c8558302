/** A sender, a network and a broker that follow a script, and the expected results of `verify`. */
import type { Gap, Received, Verified } from '../../../src/message/index.js';
import { type Sent, cut, received } from '../broker/sent.js';

/** The fate of a message. `dropped`: the sender leaves it out; `lost`: it goes missing on the way. */
export const FATES = ['sent', 'sent', 'sent', 'dropped', 'lost', 'repeated', 'cut', 'cut and sent again', 'late', 'restart'] as const;
export type Fate = (typeof FATES)[number];

export interface Planted { readonly stream: Received[]; readonly expected: string[] }

export const shown = (one: Verified | Gap) => (one.verdict === 'gap' ? `${one.camera} ${one.cause} ${one.from}-${one.to}` : `${one.camera} ${one.verdict} ${one.inputOrder}`);

/** Plays the fates of one camera's messages, and writes down what must be said of them. */
export function plant(camera: string, fates: readonly Fate[]): Planted {
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
      // Losses before a restart can't be detected, nor can late messages of that time.
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
