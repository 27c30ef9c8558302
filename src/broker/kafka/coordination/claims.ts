/** Claims: each is a record in the partition of its slot, and its offset is the epoch. */
import { Observable } from 'rxjs';
import type { ClaimRequest, Claimed } from '../../../core/engine/coordination.js';
import type { KafkaOptions } from '../options.js';
import { FetchCluster, type KafkaReaderHooks } from '../read/index.js';
import type { KafkaLog } from './fleet-topics.js';

/** The worker that claims, and its process. */
export interface Claimant { readonly worker: string; readonly instance: string }

interface Reading { readonly options: KafkaOptions; readonly hooks: KafkaReaderHooks }

/** Claims slots. Sends one request to each leader, so that a leader that does not answer delays only its own slots. */
export function claimsOf(log: KafkaLog, claimant: Claimant, claims: readonly ClaimRequest[], reading: Reading): Observable<Claimed> {
  return new Observable((subscriber) => {
    const byLeader = new Map<number, ClaimRequest[]>();
    for (const claim of claims) {
      const leader = log.leaderOf(log.claims, claim.slot);
      byLeader.set(leader, [...byLeader.get(leader) ?? [], claim]);
    }
    const value = JSON.stringify(claimant);
    const writes = [...byLeader].map(async ([leader, own]) => {
      const rows = new Map(own.map(({ slot }) => [slot, [{ key: String(slot), value }]] as const));
      const { offsets: epochs, error } = await log.appendTo(log.claims, rows);
      const between = own.filter(({ slot, since }) => since !== undefined && epochs.has(slot) && epochs.get(slot) !== since + 1);
      const rivals = between.length === 0 ? new Set<number>() : await rivalsIn(log, claimant, leader, between, epochs, reading);
      for (const { slot } of own) {
        const epoch = epochs.get(slot);
        if (epoch !== undefined && !subscriber.closed) subscriber.next({ slot, epoch, hasRival: rivals.has(slot), isFirst: epoch === 0 });
      }
      if (error !== undefined) throw error;
    });
    Promise.allSettled(writes).then((results) => {
      const failed = results.find((result) => result.status === 'rejected');
      if (failed === undefined) subscriber.complete();
      else subscriber.error(failed.reason);
    }, () => undefined);
  });
}

/** Slots that another worker has claimed since this worker's last claim. If an answer was lost, a claim in between may be this worker's own. */
async function rivalsIn(
  log: KafkaLog, { instance }: Claimant, leader: number, claims: readonly ClaimRequest[], epochs: ReadonlyMap<number, number>,
  { options, hooks }: Reading,
): Promise<ReadonlySet<number>> {
  const cluster = new FetchCluster(log.claims, options, hooks);
  try {
    await cluster.connect();
    await cluster.leaders();
    const from = new Map(claims.map(({ slot, since = -1 }) => [slot, since + 1]));
    const answers = await cluster.fetch({ leader, from, key: undefined, isQuick: true });
    const rivals = claims.filter(({ slot, since = -1 }) => {
      const epoch = epochs.get(slot) ?? since;
      const own = answers.find(({ partition }) => partition === slot)?.messages
        .filter(({ offset, value }) => Number(offset) < epoch && value.toString().includes(instance)) ?? [];
      // A claim that was removed counts as another worker's.
      return own.length < epoch - since - 1;
    });
    return new Set(rivals.map(({ slot }) => slot));
  } catch {
    return new Set(claims.map(({ slot }) => slot));
  } finally {
    cluster.destroy();
  }
}
