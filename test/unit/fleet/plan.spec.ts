/** The plan of a fleet, over random groups: laws that hold for any joins, departures, drains and wrong reports. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Member, type PlanInput, type SlotNeeds, type SlotPlan, plan } from '../../../src/fleet/index.js';
import { weightOf } from '../../../src/fleet/plan/worker-load.js';

const LABELS = ['north', 'gpu', 'south'];
const labels = fc.subarray(LABELS);
const needs: fc.Arbitrary<SlotNeeds> = fc.record({
  cost: fc.double({ min: 0, max: 0.5, noNaN: true }), cameras: fc.integer({ min: 0, max: 8 }),
  labels: fc.oneof({ weight: 4, arbitrary: fc.constant([] as string[]) }, labels),
});

/** Slots, and workers that own some of them; two may claim the same. */
const situations: fc.Arbitrary<PlanInput> = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const owned = fc.uniqueArray(fc.record({ slot: fc.nat(count - 1), epoch: fc.nat(1_000), isWarm: fc.boolean() }), { selector: ({ slot }) => slot });
  const members: fc.Arbitrary<Member[]> = fc.uniqueArray(fc.record({
    id: fc.string({ minLength: 1, maxLength: 3 }), capacity: fc.double({ min: 0.1, max: 16, noNaN: true }), labels,
    isDraining: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()), owned,
  }), { maxLength: 8, selector: ({ id }) => id });
  return fc.record({ members, slots: fc.array(needs, { minLength: count, maxLength: count }), isSettled: fc.boolean() });
});

const ownerIn = ({ owners }: SlotPlan) => new Map([...owners].flatMap(([id, slots]) => slots.map((slot) => [slot, id] as const)));
const takers = ({ members }: PlanInput) => members.filter(({ isDraining }) => !isDraining);

/** The same group after it has taken the plan over. Cameras without a place are not started, so no worker claims them. */
function adopted({ members, slots, isSettled }: PlanInput, { owners, unplaced }: SlotPlan): PlanInput {
  return {
    slots, isSettled,
    members: members.map((member) => ({
      ...member,
      owned: (owners.get(member.id) ?? []).filter((slot) => !unplaced.includes(slot)).map((slot) => ({ slot, epoch: 2_000 + slot, isWarm: true })),
    })),
  };
}

/** Grows with imbalance. */
function unevenness({ members, slots }: PlanInput, { owners, unplaced }: SlotPlan): number {
  return takers({ members, slots, isSettled: true }).reduce((sum, { id, capacity }) => {
    const load = (owners.get(id) ?? []).filter((slot) => !unplaced.includes(slot)).reduce((all, slot) => all + weightOf(slots[slot] as SlotNeeds), 0);
    return sum + load ** 2 / capacity;
  }, 0);
}

/** A smaller counterexample is not looked for: with groups as large as these it takes minutes. */
const law = (check: (situation: PlanInput) => void) => { fc.assert(fc.property(situations, check), { numRuns: 200, endOnFailure: true }); };

describe('the plan', () => {
  it('gives each slot to exactly one worker, and those that drain get none', () => {
    law((situation) => {
      const { owners } = plan(situation);
      const given = [...owners.values()].flat().sort((a, b) => a - b);
      expect(given).toEqual(takers(situation).length === 0 ? [] : situation.slots.map((_, slot) => slot));
      for (const { id, isDraining } of situation.members) if (isDraining) expect(owners.get(id)).toEqual([]);
    });
  });

  it('is the same for the same members in any order', () => {
    law((situation) => {
      expect(plan({ ...situation, members: [...situation.members].reverse() })).toEqual(plan(situation));
    });
  });

  it('changes nothing when it is made again, settled or not', () => {
    law((situation) => {
      const first = plan(situation);
      if (first.unplaced.length > 0) return;
      const unsettled = adopted({ ...situation, isSettled: false }, first);
      expect(plan(unsettled).owners).toEqual(first.owners);
      expect(plan(unsettled).moves).toEqual([]);
    });
  });

  it('moves only the slots of a worker that dies', () => {
    law((situation) => {
      const first = plan(situation);
      const group = adopted({ ...situation, isSettled: false }, first);
      const [dead, ...living] = group.members;
      if (dead === undefined || takers({ ...group, members: living }).length === 0) return;
      const after = ownerIn(plan({ ...group, members: living }));
      for (const [slot, id] of ownerIn(first)) if (id !== dead.id && !first.unplaced.includes(slot)) expect(after.get(slot)).toBe(id);
    });
  });

  it('leaves a slot with the higher epoch of two that claim it', () => {
    law((situation) => {
      const owner = ownerIn(plan({ ...situation, isSettled: false, slots: situation.slots.map((slot) => ({ ...slot, labels: [] })) }));
      const claims = takers(situation).flatMap(({ id, owned }) => owned.map((claim) => ({ id, ...claim })));
      for (const { slot } of claims) {
        const all = situation.members.flatMap(({ id, owned, isDraining }) => owned.filter((one) => one.slot === slot).map(({ epoch }) => ({ id, epoch, isDraining })));
        const highest = Math.max(...all.map(({ epoch }) => epoch));
        const winners = all.filter(({ epoch }) => epoch === highest);
        if (winners.length === 1 && winners[0]?.isDraining === false) expect(owner.get(slot)).toBe(winners[0].id);
      }
    });
  });

  it('gives no camera to a worker without its labels while another has them and room', () => {
    law((situation) => {
      const { owners, unplaced } = plan(situation);
      for (const { id, labels: has } of takers(situation)) {
        for (const slot of owners.get(id) ?? []) {
          const { labels: wanted } = situation.slots[slot] as SlotNeeds;
          const suits = (labelsOf: readonly string[]) => wanted.every((label) => labelsOf.includes(label));
          if (!unplaced.includes(slot) && takers(situation).some((one) => suits(one.labels))) expect(suits(has)).toBe(true);
        }
      }
    });
  });

  it('moves nothing for balance before the group has settled', () => {
    law((situation) => {
      expect(plan({ ...situation, isSettled: false }).moves.filter(({ why }) => why === 'balance')).toEqual([]);
    });
  });

  it('makes no move without a gain, none twice, and not more than a share of one worker', () => {
    law((situation) => {
      const { moves, ...settled } = plan({ ...situation, isSettled: true });
      const balanced = moves.filter(({ why }) => why === 'balance');
      expect(new Set(balanced.map(({ slot }) => slot)).size).toBe(balanced.length);
      expect(balanced.length).toBeLessThanOrEqual(Math.ceil(situation.slots.length / Math.max(1, takers(situation).length)));
      const before = unevenness(situation, plan({ ...situation, isSettled: false }));
      const after = unevenness(situation, { ...settled, moves });
      if (balanced.length > 0) expect(after).toBeLessThan(before + 1e-9);
      else expect(after).toBe(before);
    });
  });

  it('comes to rest: each plan that moves something is more even than the one before it', () => {
    law((situation) => {
      let group = { ...situation, isSettled: true };
      let before = unevenness(group, plan({ ...group, isSettled: false }));
      for (let round = 0; round < 12; round++) {
        const next = plan(group);
        if (next.unplaced.length > 0) return;
        const after = unevenness(group, next);
        if (next.moves.some(({ why }) => why === 'balance')) expect(after).toBeLessThan(before);
        before = after;
        group = adopted(group, next);
      }
      expect(plan(group).moves).toEqual([]);
    });
  });
});

describe('a fleet of a thousand cameras', () => {
  const SLOTS = 256;
  const CAMERAS = 1_000;
  const slots = Array.from({ length: SLOTS }, (_, slot): SlotNeeds => {
    const cameras = Math.floor(CAMERAS / SLOTS) + (slot % 7 === 0 ? 2 : 0);
    return { cameras, cost: cameras * 0.01 * (1 + (slot % 5) / 5), labels: [] };
  });
  const member = (index: number): Member => ({ id: `worker-${String(index).padStart(2, '0')}`, capacity: 1.6, labels: [], isDraining: false, owned: [] });
  const group = (count: number) => Array.from({ length: count }, (_, index) => member(index));

  it('moves at most an eleventh of the slots to an eleventh worker, and none twice', () => {
    let situation: PlanInput = { members: group(10), slots, isSettled: false };
    situation = adopted(situation, plan(situation));
    situation = { ...situation, members: [...situation.members, member(10)], isSettled: true };
    const moved: number[] = [];
    for (let round = 0; round < 5; round++) {
      const next = plan(situation);
      moved.push(...next.moves.map(({ slot }) => slot));
      situation = adopted(situation, next);
    }
    expect(moved.length).toBeGreaterThan(SLOTS / 11 / 2);
    expect(moved.length).toBeLessThanOrEqual(Math.ceil(SLOTS / 11));
    expect(new Set(moved).size).toBe(moved.length);
  });

  it('moves each camera about once while ten workers restart one after the other', () => {
    let situation: PlanInput = { members: group(10), slots, isSettled: false };
    situation = adopted(situation, plan(situation));
    let moved = 0;
    const turn = (members: readonly Member[], isSettled = false) => {
      const next = plan({ members, slots, isSettled });
      moved += next.moves.reduce((sum, { slot }) => sum + (slots[slot]?.cameras ?? 0), 0);
      situation = adopted({ members, slots, isSettled }, next);
    };
    for (let index = 0; index < 10; index++) {
      turn(situation.members.map((one) => (one.id === member(index).id ? { ...one, isDraining: true } : one)));
      turn(situation.members.filter(({ id }) => id !== member(index).id));
      turn([...situation.members, member(index)]);
    }
    turn(situation.members, true);
    turn(situation.members, true);
    expect(moved / slots.reduce((sum, { cameras }) => sum + cameras, 0)).toBeLessThanOrEqual(1.3);
  });

  it('names the slots that are too much for any worker, and gives them an owner', () => {
    const small = group(2).map((one) => ({ ...one, capacity: 0.1 }));
    const { owners, unplaced } = plan({ members: small, slots: slots.slice(0, 20), isSettled: false });
    expect(unplaced.length).toBeGreaterThan(0);
    expect([...owners.values()].flat().length).toBe(20);
    const placed = [...owners].map(([, mine]) => mine.filter((slot) => !unplaced.includes(slot)).reduce((sum, slot) => sum + (slots[slot]?.cost ?? 0), 0));
    expect(placed.every((cost) => cost <= 0.1)).toBe(true);
  });
});
