/** Gathers one request from the queues that are ready, and assigns the outcomes to its messages. */
import type { Published } from '../../core/frame/frame.js';
import { FrameTracker, recordsOf } from '../../ledger/index.js';
import { wall } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { SendAgain, Driver, NotWritten, Outgoing, SendOutcome, Written } from '../driver.js';
import type { Entry, PartitionQueue } from '../outbox/index.js';

/** Approximate size of a message's headers in a request. */
const HEADERS_BYTES = 512;

/** The messages of one queue in a request. */
export interface BatchPart {
  readonly queue: PartitionQueue;
  readonly entries: readonly Entry[];
  readonly outgoing: readonly Outgoing[];
  /** Approximate size in a request. */
  readonly bytes: number;
}

/** A request: each queue is in it once. */
export type Batch = readonly BatchPart[];

/**
 * Takes messages for one request out of `ready` queues; `remaining` are the queues that are not in it and have messages.
 * A message that the driver refuses is dropped here, before the next message names it as the previous one.
 */
export function gatherBatch(
  driver: Driver, ready: readonly PartitionQueue[], maxRequestBytes: number, onRefused: (error: RxcamError, queue: PartitionQueue) => void,
): { readonly batch: Batch; readonly remaining: PartitionQueue[] } {
  const batch: BatchPart[] = [];
  const remaining: PartitionQueue[] = [];
  let roomBytes = maxRequestBytes;
  for (const queue of ready) {
    if (batch.length > 0 && (queue.isAlone || batch[0]?.queue.isAlone === true)) {
      remaining.push(queue);
      continue;
    }
    dropRefused(driver, queue, onRefused);
    const entries = takeUpTo(driver, queue, Math.min(roomBytes, queue.maxRequestBytes), batch.length === 0);
    if (entries.length > 0) {
      for (const entry of entries) entry.tracker.move('request');
      const bytes = wireSizeOf(entries);
      batch.push({ queue, entries, outgoing: queue.stamp(entries), bytes });
      roomBytes -= bytes;
    } else if (queue.waiting > 0) {
      remaining.push(queue);
    }
  }
  return { batch, remaining };
}

/** The messages of one part of a request, by outcome. */
export interface PartOutcome {
  readonly part: BatchPart;
  readonly written: readonly { entry: Entry; outcome: Written }[];
  /** Messages to send again. */
  readonly resend: readonly { entry: Entry; outcome: NotWritten | SendAgain }[];
  /** Messages to drop. */
  readonly tooLarge: readonly { entry: Entry; outcome: NotWritten }[];
}

const NONE: readonly never[] = [];

/** Assigns the outcomes to the messages of a request, in order; a message without an outcome gets that of `unanswered`. */
export function outcomesByPart(batch: Batch, outcomes: readonly SendOutcome[], unanswered: () => NotWritten): PartOutcome[] {
  const isSingle = outcomes.length === 1;
  let index = 0;
  return batch.map((part) => {
    const written: PartOutcome['written'][number][] = [];
    let resend: PartOutcome['resend'][number][] | undefined;
    let tooLarge: PartOutcome['tooLarge'][number][] | undefined;
    for (const entry of part.entries) {
      const outcome = outcomes[index++] ?? unanswered();
      if (outcome.ok) written.push({ entry, outcome });
      else if (!('again' in outcome) && isTooLarge(outcome, isSingle)) (tooLarge ??= []).push({ entry, outcome });
      else (resend ??= []).push({ entry, outcome });
    }
    return { part, written, resend: resend ?? NONE, tooLarge: tooLarge ?? NONE };
  });
}

/** A message refused for its size is the reason if it was alone in the request. */
function isTooLarge({ tooLarge, split }: NotWritten, isSingle: boolean): boolean {
  return tooLarge === true || (split === 'size' && isSingle);
}

/** The acknowledgement of a written message. @param writeMs - time from the request until its answer */
export function acknowledgement({ message }: Entry, { topic, key }: PartitionQueue, where: Written, writeMs: number): Published {
  const { id, camera, inputOrder, seq, frames } = message;
  const ack: { -readonly [K in keyof Published]: Published[K] } = {
    id, camera, topic, key, inputOrder, seq, frames, bytes: message.value.length, acknowledgedAt: wall(), writeMs,
  };
  if (where.partition !== undefined) ack.partition = where.partition;
  if (where.offset !== undefined) ack.offset = where.offset;
  if (where.streamId !== undefined) ack.streamId = where.streamId;
  const records = recordsOf(message);
  if (records !== undefined) ack.latencyMs = new FrameTracker(records).ageMs();
  return ack;
}

function dropRefused(driver: Driver, queue: PartitionQueue, onRefused: (error: RxcamError, queue: PartitionQueue) => void): void {
  for (let head = queue.peek(); head !== undefined; head = queue.peek()) {
    const error = driver.refuses?.(head.message);
    if (error === undefined) return;
    queue.take();
    queue.dropTaken(head, 'too-large', error);
    onRefused(error, queue);
  }
}

function takeUpTo(driver: Driver, queue: PartitionQueue, maxBytes: number, takesAtLeastOne: boolean): Entry[] {
  const entries: Entry[] = [];
  let roomBytes = maxBytes;
  for (let next = queue.peek(); next !== undefined && entries.length < queue.maxInFlight; next = queue.peek()) {
    const isExempt = entries.length === 0 && takesAtLeastOne;
    if (!isExempt && wireBytes(next) > roomBytes) break;
    if (entries.length > 0 && driver.refuses?.(next.message) !== undefined) break;
    roomBytes -= wireBytes(next);
    entries.push(queue.take() as Entry);
  }
  return entries;
}

/** Approximate bytes of these messages in a request. */
export function wireSizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + wireBytes(entry), 0);
}

function wireBytes({ message }: Entry): number {
  return message.value.length + HEADERS_BYTES;
}
