/** The cameras of a worker's slots: those that it runs, and those that it must not. */
import { slotOf } from '../slots.js';
import type { SlotAssignment } from '../worker-protocol.js';
import type { OwnedCamera } from '../types.js';

export interface Requested<C> {
  readonly cameras: ReadonlyMap<string, C>;
  /** Number of slots of the fleet. */
  readonly slots: number;
  readonly labelsOf: (config: C) => readonly string[];
  /** Whether this worker has all labels of a camera. */
  readonly suits: (config: C) => boolean;
}

/** The cameras that this worker can run, by slot. */
export function camerasBySlot<C>({ cameras, slots, suits }: Requested<C>): ReadonlyMap<number, ReadonlyMap<string, C>> {
  const bySlot = new Map<number, Map<string, C>>();
  for (const [key, config] of cameras) {
    if (!suits(config)) continue;
    const slot = slotOf(key, slots);
    bySlot.set(slot, (bySlot.get(slot) ?? new Map<string, C>()).set(key, config));
  }
  return bySlot;
}

/** Cameras of its slots that it must not run. */
export function unplacedCameras<C>({ cameras, slots, suits, labelsOf }: Requested<C>, assigned: SlotAssignment): readonly OwnedCamera[] {
  const mine = new Set(assigned.slots);
  const none = new Set(assigned.unplaced);
  return [...cameras].flatMap(([key, config]): OwnedCamera[] => {
    const slot = slotOf(key, slots);
    if (!mine.has(slot) || (!none.has(slot) && suits(config))) return [];
    const error = none.has(slot) ? 'no worker has room for it' : `its slot is with a worker that lacks one of its labels: ${labelsOf(config).join(', ')}`;
    return [{ key, slot, epoch: undefined, state: 'unplaced', error }];
  });
}
