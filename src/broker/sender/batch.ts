/** Gathers one request from the queues that are ready, and reads its outcome. */
import type { Published } from '../../core/frame/frame.js';
import { FrameTracker, recordsOf } from '../../ledger/index.js';
import { wall } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { SendAgain, Driver, NotWritten, Outgoing, SendOutcome, Written } from '../driver.js';
import type { Entry, PartitionQueue } from '../outbox/index.js';

/** Approximate size of a message's headers. */
const HEADERS_BYTES = 512;

/** The messages of one queue in a request. */
export interface BatchPart {
  readonly queue: PartitionQueue;
  readonly entries: readonly Entry[];
  readonly outgoing: readonly Outgoing[];
  /** Approximate size on the wire. */
  readonly bytes: number;
}

/** A request: each queue is in it once. */
export type Batch = readonly BatchPart[];

/**
 * Takes messages for one request out of `ready` queues; `left` are those that are not in it and have messages.
 * A message that the driver refuses is dropped here, before a later one could name it as the one before.
 */
export function gatherBatch(
  driver: Driver, ready: readonly PartitionQueue[], maxRequestBytes: number, refused: (error: RxcamError, queue: PartitionQueue) => void,
): { readonly batch: Batch; readonly left: PartitionQueue[] } {
  const batch: BatchPart[] = [];
  const left: PartitionQueue[] = [];
  let room = maxRequestBytes;
  for (const queue of ready) {
    if (batch.length > 0 && (queue.isAlone || batch[0]?.queue.isAlone === true)) {
      left.push(queue);
      continue;
    }
    dropRefused(driver, queue, refused);
    const entries = takeUpTo(driver, queue, Math.min(room, queue.maxRequestBytes), batch.length === 0);
    if (entries.length > 0) {
      for (const entry of entries) entry.tracker.move('request');
      const bytes = wireSizeOf(entries);
      batch.push({ queue, entries, outgoing: queue.stamp(entries), bytes });
      room -= bytes;
    } else if (queue.waiting > 0) {
      left.push(queue);
    }
  }
  return { batch, left };
}

/** A queue's messages by outcome. */
export interface BatchOutcome {
  readonly part: BatchPart;
  readonly written: readonly { entry: Entry; outcome: Written }[];
  /** Messages to send again. */
  readonly back: readonly { entry: Entry; outcome: NotWritten | SendAgain }[];
  /** Messages to drop. */
  readonly tooLarge: readonly { entry: Entry; outcome: NotWritten }[];
}

const NONE: readonly never[] = [];

export function readAnswer(batch: Batch, outcomes: readonly SendOutcome[], unanswered: () => NotWritten): BatchOutcome[] {
  const isSingle = outcomes.length === 1;
  let index = 0;
  return batch.map((part) => {
    const written: BatchOutcome['written'][number][] = [];
    let back: BatchOutcome['back'][number][] | undefined;
    let tooLarge: BatchOutcome['tooLarge'][number][] | undefined;
    for (const entry of part.entries) {
      const outcome = outcomes[index++] ?? unanswered();
      if (outcome.ok) written.push({ entry, outcome });
      else if ('again' in outcome) (back ??= []).push({ entry, outcome });
      else if (outcome.tooLarge === true || (outcome.split === 'size' && isSingle)) (tooLarge ??= []).push({ entry, outcome });
      else (back ??= []).push({ entry, outcome });
    }
    return { part, written, back: back ?? NONE, tooLarge: tooLarge ?? NONE };
  });
}

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

function dropRefused(driver: Driver, queue: PartitionQueue, refused: (error: RxcamError, queue: PartitionQueue) => void): void {
  for (let head = queue.peek(); head !== undefined; head = queue.peek()) {
    const error = driver.refuses?.(head.message);
    if (error === undefined) return;
    queue.take();
    queue.dropTaken(head, 'too-large', error);
    refused(error, queue);
  }
}

function takeUpTo(driver: Driver, queue: PartitionQueue, maxBytes: number, atLeastOne: boolean): Entry[] {
  const entries: Entry[] = [];
  let room = maxBytes;
  for (let next = queue.peek(); next !== undefined && entries.length < queue.maxInFlight; next = queue.peek()) {
    const isFree = entries.length === 0 && atLeastOne;
    if (!isFree && wireBytes(next) > room) break;
    if (entries.length > 0 && driver.refuses?.(next.message) !== undefined) break;
    room -= wireBytes(next);
    entries.push(queue.take() as Entry);
  }
  return entries;
}

/** Approximate bytes on the wire. */
export function wireSizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + wireBytes(entry), 0);
}

function wireBytes({ message }: Entry): number {
  return message.value.length + HEADERS_BYTES;
}
