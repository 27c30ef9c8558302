/** The protocol between workers: JSON messages, in which unknown members are ignored, so that versions can differ. */
import type { OwnedSlot } from './plan/index.js';

/**
 * Version of these messages. Members may be added to them at any time: each worker ignores those that it does not know, and has a
 * default for those that are missing. Any other change increases the version, and the leader writes the lowest version that its
 * members know.
 */
const PROTOCOL = 1;

/** The constant facts about a worker. */
export interface WorkerFacts {
  readonly worker: string;
  readonly version: string;
  /** In cores. */
  readonly capacity: number;
  readonly labels: readonly string[];
  /** Address of its dashboard. */
  readonly dashboard?: string | undefined;
}

/** A worker, as it describes itself when it joins. */
export interface WorkerMetadata extends WorkerFacts {
  /** The highest version of these messages that it knows. */
  readonly protocol: number;
  readonly isDraining: boolean;
  readonly owned: readonly OwnedSlot[];
  /** Measured cost of its slots, in cores. */
  readonly costs: ReadonlyMap<number, number>;
}

/** The leader's assignment for a worker. */
export interface SlotAssignment {
  readonly slots: readonly number[];
  /** Slots that come from a living worker: its name, and its epoch. */
  readonly from: ReadonlyMap<number, FormerOwner>;
  /** Of the slots: those for whose cameras no worker has room. */
  readonly unplaced: readonly number[];
  /** The names of all workers. */
  readonly workers: readonly string[];
}

export interface FormerOwner { readonly worker: string; readonly epoch: number }

/** An owner's message that it has released a slot. */
export interface Released {
  /** Epoch of its last claim. */
  readonly epoch: number;
  readonly handover: Handover;
}

/** The last messages of the owners of a slot so far. */
export interface Handover {
  /** The id of the last message, by topic and key, joined as the fence joins them. */
  readonly last: ReadonlyMap<string, string>;
  /** Whether each of them has handed the slot over: then nothing was sent where `last` names nothing. */
  readonly isWhole: boolean;
}

/** No message has been sent so far. */
export const NO_HANDOVER: Handover = { last: new Map(), isWhole: true };
/** The former owner did not answer. */
export const LOST_HANDOVER: Handover = { last: new Map(), isWhole: false };

type JsonObject = Readonly<Record<string, unknown>>;

export function writeMetadata({ worker, version, capacity, labels, isDraining, owned, costs }: Omit<WorkerMetadata, 'protocol' | 'dashboard'>): string {
  return JSON.stringify({
    protocol: PROTOCOL, worker, version, capacity, labels, draining: isDraining,
    owned: owned.map(({ slot, epoch, isWarm }) => [slot, epoch, isWarm ? 1 : 0]),
    costs: [...costs].map(([slot, cost]) => [slot, Math.round(cost * 10_000) / 10_000]),
  });
}

/** A member whose message can't be parsed has no slots and the least capacity. */
export function readMetadata(text: string, id: string): WorkerMetadata {
  const object = readObject(text);
  const { protocol, worker, version, capacity, labels, draining, owned, costs } = object;
  return {
    protocol: typeof protocol === 'number' ? protocol : PROTOCOL,
    worker: typeof worker === 'string' ? worker : id, version: typeof version === 'string' ? version : '?',
    capacity: typeof capacity === 'number' && capacity > 0 ? capacity : Number.MIN_VALUE,
    labels: Array.isArray(labels) ? labels.filter((one) => typeof one === 'string') : [],
    isDraining: draining === true,
    owned: numbersIn(owned).map(([slot = -1, epoch = -1, warm]) => ({ slot, epoch, isWarm: warm === 1 })),
    costs: new Map(numbersIn(costs).map(([slot = -1, cost = 0]) => [slot, cost])),
  };
}

/** @param protocol - the lowest version that a member knows: workers that know a higher one do not use it yet */
export function writeAssignment({ slots, from, unplaced, workers }: SlotAssignment, protocol = PROTOCOL): string {
  const former = Object.fromEntries([...from].map(([slot, { worker, epoch }]) => [slot, [worker, epoch]]));
  return JSON.stringify({ protocol: Math.min(PROTOCOL, protocol), slots, unplaced, workers, from: former });
}

export function readAssignment(text: string): SlotAssignment {
  const { slots, from, unplaced, workers } = readObject(text);
  const entries = Object.entries((from ?? {}) as Record<string, [string, number]>);
  return {
    slots: numberList(slots), unplaced: numberList(unplaced), workers: Array.isArray(workers) ? workers.map(String) : [],
    from: new Map(entries.map(([slot, [worker, epoch]]) => [Number(slot), { worker, epoch }])),
  };
}

export function writeReleased({ epoch, handover: { last, isWhole } }: Released, worker: string): string {
  return JSON.stringify({ released: epoch, worker, last: [...last], ...(!isWhole && { lost: true }) });
}

/** Returns undefined for another kind of row. */
export function readReleased({ released, last, lost }: JsonObject): Released | undefined {
  if (typeof released !== 'number') return undefined;
  const pairs = (Array.isArray(last) ? last as unknown[] : []).filter((one): one is [string, string] =>
    Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string');
  return { epoch: released, handover: { last: new Map(pairs), isWhole: lost !== true } };
}

/** Parses a text as an object; returns an empty one for any other text. */
export function readObject(text: string | undefined): JsonObject {
  try {
    const object: unknown = JSON.parse(text ?? '{}');
    return typeof object === 'object' && object !== null ? object as JsonObject : {};
  } catch {
    return {};
  }
}

function numberList(list: unknown): number[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'number') : [];
}

function numbersIn(list: unknown): number[][] {
  return Array.isArray(list) ? list.map(numberList) : [];
}
