/** Messages of the conformance suite, and checks of them. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Observable, filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { Broker, BrokerState, CloseReport } from '../../../src/broker/index.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import type { ConformanceRecord } from './subject.js';

const TEXT = 'Lagerhalle Süd – 倉庫';

/** Messages `from` … `to` of a camera: random bytes, with their hash and number in headers. */
export function messages(from: number, to: number, camera = 'cam', bytes = 2_000): CameraMessage[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(from + index, camera, randomBytes(bytes)));
}

export function message(number: number, camera: string, value: Buffer): CameraMessage {
  return {
    camera, run: 1, seq: number, lastSeq: number, frames: 1, pts: number, capturedAt: 0, width: 2, height: 2, mode: 'frame', keyframe: true,
    id: `${camera}/p/${number}`, key: camera, inputOrder: number, value, previousOrderHeader: 'ce_previousorder',
    headers: { ce_key: camera, sha256: hashOf(value), order: String(number), text: TEXT },
  };
}

export function newTopic(): string {
  return `conformance-${randomUUID()}`;
}

export const all = <T>(values$: Observable<T>): Promise<T[]> => lastValueFrom(values$.pipe(toArray()));

/** Resolves when the broker is in a state; rejects if it is closed first. */
export function reaches(broker: Broker, status: BrokerState['status'], isRight: (state: BrokerState) => boolean = () => true): Promise<BrokerState> {
  return firstValueFrom(broker.state$.pipe(filter((state) => state.status === status && isRight(state))));
}

/** Numbers `from` … `to`. */
export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const orders = (list: readonly { readonly inputOrder: number }[]): number[] => list.map(({ inputOrder }) => inputOrder);
export const ordersRead = (list: readonly ConformanceRecord[]): number[] => list.map(({ headers }) => Number(headers['order']));
/** Each number once, at its first position. */
export const firsts = (list: readonly ConformanceRecord[]): number[] => [...new Set(ordersRead(list))];
export const header = (list: readonly ConformanceRecord[], name: string): (string | undefined)[] => list.map(({ headers }) => headers[name]);

/** Whether bytes and headers are unchanged. */
export function isWhole({ value, headers }: ConformanceRecord): boolean {
  return hashOf(value) === headers['sha256'] && headers['text'] === TEXT;
}

/** The position of a message. */
export function placeOf({ partition, offset, streamId }: Pick<ConformanceRecord, 'partition' | 'offset' | 'streamId'>): object {
  return { partition, offset, streamId };
}

/** The report of a close as plain objects, for comparison. */
export function plainly({ byTopic, ...totals }: CloseReport): object {
  return { ...totals, byTopic: Object.fromEntries(Object.entries(byTopic).map(([topic, held]) => [topic, { ...held }])) };
}

function hashOf(value: Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}
