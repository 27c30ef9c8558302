/** The tally, which is changed in place, says what the pure fold says: after every event of random histories. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stalled } from '../../../src/core/errors/errors.js';
import { type CameraEvent, DROP_CAUSES, PLACES } from '../../../src/core/events.js';
import { EMPTY_LEDGER, fold, inFlight, isActiveState } from '../../../src/ledger/ledger.js';
import { Tally } from '../../../src/ledger/tally.js';

const at = { camera: 'gate', run: 1, at: 0 };
const place = fc.constantFrom(...PLACES);
const ms = fc.oneof(fc.double({ min: -1, max: 1e5, noNaN: true }), fc.constantFrom(0, 0.001, 1, 1e9));
const some = { ...at, seq: 1 };
const frames = fc.integer({ min: 1, max: 5 });
const size = { width: fc.integer({ min: 0, max: 4000 }), height: fc.integer({ min: 0, max: 4000 }) };
const bytes = fc.integer({ min: 0, max: 1e6 });
const reference = fc.constantFrom({}, { reference: true });

function of(type: CameraEvent['type'], facts: Record<string, fc.Arbitrary<unknown>> = {}, more: fc.Arbitrary<object> = fc.constant({})): fc.Arbitrary<CameraEvent> {
  return fc.tuple(fc.record(facts), more).map(([one, rest]) => ({ ...some, type, ...one, ...rest }) as unknown as CameraEvent);
}

/** Each type of event: one that is forgotten does not compile. */
const EVENTS: Readonly<Record<CameraEvent['type'], fc.Arbitrary<CameraEvent>>> = {
  captured: of('captured', { frames, to: place }, fc.oneof(fc.constant({}), fc.record({ readMs: ms }))),
  skipped: of('skipped', { frames, from: place, reason: fc.constantFrom('rate', 'unchanged') }),
  unchanged: of('unchanged', { frames, from: place, to: place }),
  encoded: of('encoded', { frames, from: place, to: place, codec: fc.constantFrom('h265', 'h264', 'jpeg'), bytes, processMs: ms, ...size }),
  moved: of('moved', { frames, from: place, to: place }),
  delivered: of('delivered', { frames, from: place }, reference),
  returned: of('returned', { frames, to: place, uncounted: fc.boolean() }, reference),
  duplicate: of('duplicate', { frames }),
  dropped: of('dropped', { frames, from: place, cause: fc.constantFrom(...DROP_CAUSES) }),
  published: of('published', { frames, from: place, bytes, writeMs: ms, latencyMs: ms }, reference),
  connecting: of('connecting'),
  ffmpeg: of('ffmpeg', { path: fc.constant('/usr/bin/ffmpeg'), version: fc.constant('7.1') }),
  opened: of('opened', { source: fc.oneof(fc.constant({}), fc.record({ width: size.width }), fc.record(size)) }),
  readFailure: of('readFailure'),
  failed: of('failed', { error: fc.constant(new Stalled('no frame')) }),
  retrying: of('retrying', {}, fc.oneof(fc.constant({}), fc.record({ nextAttemptAt: fc.nat() }))),
  recovered: of('recovered', { downtimeMs: ms }),
  encoder: of('encoder', { encoder: fc.constantFrom('libx265', 'hevc_nvenc'), hardware: fc.boolean(), reason: fc.constant('requested') }),
  paused: of('paused'),
  resumed: of('resumed'),
  warning: of('warning'),
  changed: of('changed', size),
  reset: of('reset'),
  stopped: of('stopped', { reason: fc.constantFrom('completed', 'unsubscribed') }),
};
const event = fc.oneof(...Object.values(EVENTS));

describe('the tally', () => {
  it('is what the fold says, after every event of a random history', () => {
    fc.assert(fc.property(fc.array(event, { maxLength: 80 }), (history) => {
      const tally = new Tally();
      let ledger = EMPTY_LEDGER;
      for (const one of history) {
        tally.apply(one);
        ledger = fold(ledger, one);
        expect(tally.snapshot()).toEqual(ledger);
        expect(Object.keys(tally.snapshot()).sort()).toEqual(Object.keys(ledger).sort());
        expect(tally.inFlight).toBe(inFlight(ledger));
        expect(tally.isBusy).toBe(isActiveState(ledger.state) || inFlight(ledger) > 0);
        expect(tally.droppedTotal).toBe(Object.values(ledger.dropped).reduce((sum, count) => sum + count, 0));
      }
    }), { numRuns: Number(process.env['RXCAM_LEDGER_RUNS'] ?? 300) });
  });

  it('gives snapshots that do not change any longer', () => {
    const tally = new Tally();
    tally.apply({ ...some, type: 'captured', frames: 1, pts: 0, to: 'encoder', readMs: 3 });
    const before = tally.snapshot();
    const copy = structuredClone(before);
    tally.apply({ ...some, type: 'captured', frames: 1, pts: 0, to: 'encoder', readMs: 5 });
    tally.apply({ ...at, type: 'reset' });
    expect(before).toEqual(copy);
  });
});
