/**
 * Anything, in any order, on the other end: connections that fail in each way, a full inbox, messages repeated, torn, lost, and
 * removed before they are read, consumers who come and go, over random schedules in virtual time. Each gets exactly what is in
 * the topic, in order, nothing twice, nothing after it has left, and is reported each message that is missing.
 * RXCAM_CHAOS_RUNS: how many schedules. RXCAM_CHAOS_SEED and RXCAM_CHAOS_PATH: which ones, as a failure prints them.
 */
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { describe, it } from 'vitest';
import { marbles } from '../../../marbles/kit/index.js';
import { type Deed, ReadingWorld, type Setup } from './chaos-reading.js';
import { FATES, READ_MOODS } from './chaos-topic.js';

const RUNS = Number(process.env['RXCAM_CHAOS_RUNS'] ?? 1_000);
const { RXCAM_CHAOS_SEED: SEED, RXCAM_CHAOS_PATH: PATH } = process.env;

const setup: fc.Arbitrary<Setup> = fc.record({
  pieceSize: fc.integer({ min: 1, max: 12 }),
  maxMessages: fc.integer({ min: 1, max: 10 }),
  maxBytes: fc.integer({ min: 1, max: 400 }),
  users: fc.array(fc.constantFrom('plain', 'deliver', 'manual'), { minLength: 1, maxLength: 3 }),
});
const user = fc.integer({ min: 0, max: 2 });
const deed = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('write'), fates: fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('expire'), count: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('mood'), mood: fc.constantFrom(...READ_MOODS) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('subscribe'), user, from: fc.constantFrom('earliest', 'latest', 'behind'), leaveAfter: fc.integer({ min: 0, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unsubscribe'), user }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close') }) },
) as fc.Arbitrary<Deed>;
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 2_000 }));
const schedule = fc.record({ setup, deeds: fc.array(fc.record({ after: pause, deed }), { maxLength: 25 }) });

/** The failure, if there is one. */
function play(given: Setup, deeds: readonly { readonly after: number; readonly deed: Deed }[]): string | undefined {
  return marbles(({ flush }) => {
    const world = new ReadingWorld(given);
    given.users.forEach((_, index) => { world.act({ do: 'subscribe', user: index, from: 'earliest', leaveAfter: 0 }); });
    let at = 0;
    for (const { after, deed: next } of deeds) {
      at += after;
      asyncScheduler.schedule(() => { world.act(next); }, at);
    }
    asyncScheduler.schedule(() => { world.peace(); }, at + 1);
    flush();
    return world.problems[0];
  });
}

describe('chaos of readers', () => {
  it(`emits what is in the topic, once, in order, and names what is missing, over ${RUNS} schedules`, () => {
    fc.assert(fc.property(schedule, (one) => {
      const problem = play(one.setup, one.deeds);
      if (problem !== undefined) throw new Error(problem);
    }), { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }), ...(PATH !== undefined && { path: PATH }) });
  }, 300_000);
});
