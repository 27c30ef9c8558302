/** Gathers one request from the lanes that are ready, and reads what became of it. */
import type { Published } from '../../core/frame/frame.js';
import { Ticket, accountsOf } from '../../ledger/index.js';
import { wall } from '../../core/clock.js';
import type { RxcamError } from '../../core/errors/errors.js';
import type { Again, Driver, NotWritten, Outgoing, SendOutcome, Written } from '../driver.js';
import type { Entry, Lane } from '../outbox/index.js';

/** What the headers of a message take, roughly. */
const HEADERS_BYTES = 512;

/** The messages of one lane in a request. */
export interface Part {
  readonly lane: Lane;
  readonly entries: readonly Entry[];
  readonly outgoing: readonly Outgoing[];
}

/** A request: each lane is in it once. */
export type Batch = readonly Part[];

/**
 * Takes messages for one request out of `ready` lanes; lanes that are in it, or have nothing left, leave `ready`.
 * A message that the driver refuses is dropped here, before a later one could name it as the one before.
 */
export function gather(driver: Driver, ready: Set<Lane>, maxRequestBytes: number, refused: (error: RxcamError, lane: Lane) => void): Batch {
  const parts: Part[] = [];
  let room = maxRequestBytes;
  for (const lane of ready) {
    if (lane.isAlone && parts.length > 0) continue;
    dropRefused(driver, lane, refused);
    const entries = takeUpTo(driver, lane, Math.min(room, lane.maxRequestBytes), parts.length === 0);
    if (entries.length === 0 && lane.waiting > 0) continue;
    ready.delete(lane);
    if (entries.length === 0) continue;
    for (const entry of entries) entry.ticket.move('request');
    parts.push({ lane, entries, outgoing: lane.stamp(entries) });
    room -= sizeOf(entries);
    if (lane.isAlone) break;
  }
  return parts;
}

/** A lane's messages by what became of them. */
export interface Answer {
  readonly part: Part;
  readonly written: readonly { entry: Entry; outcome: Written }[];
  /** To be sent again. */
  readonly back: readonly { entry: Entry; outcome: NotWritten | Again }[];
  /** To be dropped. */
  readonly tooLarge: readonly { entry: Entry; outcome: NotWritten }[];
}

const NONE: readonly never[] = [];

export function readAnswer(batch: Batch, outcomes: readonly SendOutcome[], unanswered: () => NotWritten): Answer[] {
  const isSingle = outcomes.length === 1;
  let index = 0;
  return batch.map((part) => {
    const written: Answer['written'][number][] = [];
    let back: Answer['back'][number][] | undefined;
    let tooLarge: Answer['tooLarge'][number][] | undefined;
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

export function acknowledgement({ message }: Entry, { topic, key }: Lane, where: Written, writeMs: number): Published {
  const { id, camera, inputOrder, seq, frames } = message;
  const ack: { -readonly [K in keyof Published]: Published[K] } = {
    id, camera, topic, key, inputOrder, seq, frames, bytes: message.value.length, acknowledgedAt: wall(), writeMs,
  };
  if (where.partition !== undefined) ack.partition = where.partition;
  if (where.offset !== undefined) ack.offset = where.offset;
  if (where.streamId !== undefined) ack.streamId = where.streamId;
  const accounts = accountsOf(message);
  if (accounts !== undefined) ack.latencyMs = new Ticket(accounts).ageMs();
  return ack;
}

function dropRefused(driver: Driver, lane: Lane, refused: (error: RxcamError, lane: Lane) => void): void {
  for (let head = lane.peek(); head !== undefined; head = lane.peek()) {
    const error = driver.refuses?.(head.message);
    if (error === undefined) return;
    lane.take();
    lane.dropTaken(head, 'too-large', error);
    refused(error, lane);
  }
}

function takeUpTo(driver: Driver, lane: Lane, maxBytes: number, atLeastOne: boolean): Entry[] {
  const entries: Entry[] = [];
  let room = maxBytes;
  for (let next = lane.peek(); next !== undefined && entries.length < lane.maxInFlight; next = lane.peek()) {
    const isFree = entries.length === 0 && atLeastOne;
    if (!isFree && wireBytes(next) > room) break;
    if (entries.length > 0 && driver.refuses?.(next.message) !== undefined) break;
    room -= wireBytes(next);
    entries.push(lane.take() as Entry);
  }
  return entries;
}

/** About as many bytes as go over the wire. */
export function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + wireBytes(entry), 0);
}

function wireBytes({ message }: Entry): number {
  return message.value.length + HEADERS_BYTES;
}
