/** The handover from one owner of a slot to the next. */
import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/core/clock.js';
import { Lease } from '../../../src/fleet/index.js';
import { SlotFence } from '../../../src/fleet/worker/slot-fence.js';
import { SlotRun } from '../../../src/fleet/worker/slot-run.js';
import { LOST_HANDOVER, readReleased, readObject, writeReleased } from '../../../src/fleet/worker-protocol.js';

const fenceAfter = (before?: SlotFence['before']) => {
  const fence = new SlotFence(new Lease(5_500));
  if (before !== undefined) fence.before = before;
  return fence;
};
/** As another worker reads it. */
const told = (fence: SlotFence) => readReleased(readObject(writeReleased({ epoch: 7, handover: fence.after }, 'a')))?.handover;

describe('a handover', () => {
  it('names the last message of each topic and key, and nothing for the others', () => {
    const first = fenceAfter();
    first.sent('video', 'gate', 'gate/x/1');
    first.sent('video', 'gate', 'gate/x/2');
    first.sent('more', 'gate', 'gate/x/3');
    const second = fenceAfter(told(first));
    expect(['video', 'more', 'other'].map((topic) => second.handover(topic, 'gate'))).toEqual(['gate/x/2', 'gate/x/3', undefined]);
    expect(second.handover('video', 'yard')).toBeUndefined();
  });

  it('passes on what an owner before said, where this one has sent nothing', () => {
    const first = fenceAfter();
    first.sent('video', 'gate', 'gate/x/2');
    first.sent('video', 'yard', 'yard/x/5');
    const second = fenceAfter(told(first));
    second.sent('video', 'yard', 'yard/y/1');
    const third = fenceAfter(told(second));
    expect(['gate', 'yard'].map((key) => third.handover('video', key))).toEqual(['gate/x/2', 'yard/y/1']);
  });

  it('is unknown after an owner that was lost, until something was sent', () => {
    const second = fenceAfter(LOST_HANDOVER);
    expect(second.handover('video', 'gate')).toBe('unknown');
    second.sent('video', 'gate', 'gate/y/1');
    expect(second.handover('video', 'gate')).toBe('gate/y/1');
    const third = fenceAfter(told(second));
    expect(['gate', 'yard'].map((key) => third.handover('video', key))).toEqual(['gate/y/1', 'unknown']);
  });

  it('waits for the former owner where the slot is taken away before it has begun, and passes its handover on', () => {
    const lease = new Lease(5_500);
    lease.confirm(instant());
    const between = new SlotRun<unknown>(3, lease, () => NEVER, { worker: 'a', epoch: 4 }, () => undefined);
    between.want(new Map([['gate', {}]]));
    between.claimed({ slot: 3, epoch: 5, hasRival: false, isFirst: false }, 0, undefined);
    let isReleased = false;
    between.release().subscribe({ complete: () => { isReleased = true; } });
    expect(isReleased).toBe(false);
    between.released({ epoch: 4, handover: { last: new Map([['video\0gate', 'gate/x/7']]), isWhole: true } });
    expect(isReleased).toBe(true);
    expect(between.cameras).toEqual([]);
    expect([...between.handover.last.values()]).toEqual(['gate/x/7']);
    expect(between.handover.isWhole).toBe(true);
  });
});
