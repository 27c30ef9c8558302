/**
 * Anything, in any order: failures of a camera of each class, stalls, a broker in all its moods, users who come and go,
 * over thousands of random schedules in virtual time. After every event the ledger balances, no run has two processes,
 * nothing is reported twice; at the end every frame has one fate and every message its order.
 * RXCAM_CHAOS_RUNS: how many schedules. RXCAM_CHAOS_SEED and RXCAM_CHAOS_PATH: which ones, as a failure prints them.
 */
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { describe, it } from 'vitest';
import { marbles } from '../../../marbles/kit/index.js';
import { MOODS } from './chaos-broker.js';
import { type Deed, type Schedule, type Script, type Setup, World } from './chaos-model.js';

const RUNS = Number(process.env['RXCAM_CHAOS_RUNS'] ?? 2_000);
const { RXCAM_CHAOS_SEED: SEED, RXCAM_CHAOS_PATH: PATH } = process.env;

const PICTURES = ['f', 'f', 'f', 'f', 'f', 'f', 'k', 'f', 'r', 'o', 'c', 'p'];
const ENDS = [...'RTUNVSEDXC', '|'];
const soon = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 120 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_500 }) });
const pictures = fc.array(fc.record({ after: soon, letter: fc.constantFrom(...PICTURES) }), { maxLength: 30 });
const ending = fc.option(fc.record({ after: soon, letter: fc.constantFrom(...ENDS) }), { freq: 6 });
/** One that has no end continues in silence. */
const script: fc.Arbitrary<Script> = fc.tuple(pictures, ending).map(([all, last]) => (last === null ? all : [...all, last]));

const setup: fc.Arbitrary<Setup> = fc.record({
  live: fc.boolean(),
  killMs: fc.constantFrom(0, 0, 40, 2_500),
  encodeMs: fc.constantFrom(0, 0, 15, 150),
  unitBytes: fc.integer({ min: 100, max: 4_000 }),
  scripts: fc.array(script, { maxLength: 6 }),
  skip: fc.constantFrom('none', 'nth', 'fps'),
  encode: fc.constantFrom('frame', 'stream', 'gop', 'chunk'),
  retry: fc.constantFrom('early', 'late', 'both', 'rxjs'),
  before: fc.constantFrom('none', 'none', 'map', 'filter', 'slow'),
  after: fc.constantFrom('none', 'none', 'filter', 'slow', 'twice', 'bug'),
  sink: fc.constantFrom('publish', 'publish', 'deliver', 'both'),
  outbox: fc.record({ maxBytes: fc.integer({ min: 1, max: 60_000 }), maxMessages: fc.integer({ min: 1, max: 20 }) }),
  outboxMaxBytes: fc.integer({ min: 1, max: 90_000 }),
  maxInFlight: fc.integer({ min: 1, max: 5 }),
  lingerMs: fc.constantFrom(0, 5),
  sameKey: fc.boolean(),
});

const user = fc.constantFrom<0 | 1>(0, 0, 1);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('subscribe'), user }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('unsubscribe'), user }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('mood'), mood: fc.constantFrom(...MOODS) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retryNow') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), deadlineMs: fc.constantFrom(0, 50, 3_000) }) },
) as fc.Arbitrary<Deed>;
const pause = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 4_000 }));

const schedule: fc.Arbitrary<Schedule> = fc.record({
  setup, deeds: fc.array(fc.record({ after: pause, deed }), { maxLength: 16 }),
});

/** The failure, if there is one. */
function play({ setup: given, deeds }: Schedule): string | undefined {
  return marbles(({ flush }) => {
    const world = new World(given);
    world.act({ do: 'subscribe', user: 0 });
    let at = 0;
    for (const { after, deed: next } of deeds) {
      at += after;
      asyncScheduler.schedule(() => { world.act(next); }, at);
    }
    asyncScheduler.schedule(() => { world.peace(); }, at + 1);
    flush();
    world.checkEnd();
    return world.problems[0];
  });
}

describe('chaos', () => {
  it(`keeps the account of every frame, one process and the order of messages, over ${RUNS} schedules`, () => {
    fc.assert(fc.property(schedule, (one) => {
      const problem = play(one);
      if (problem !== undefined) throw new Error(problem);
    }), { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }), ...(PATH !== undefined && { path: PATH }) });
  }, 300_000);
});
