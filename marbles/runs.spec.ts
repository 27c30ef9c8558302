/** Who goes on with which run: two users of one camera, one of whom has frames in an encoder when the camera fails. */
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import type { Frame } from '../src/core/frame/frame.js';
import { expectLedger, fakeCamera, marbles } from './kit/index.js';

const same = map((frame: Frame) => frame);

describe('runs of a camera', () => {
  it.each([
    ['goes on by a retry', 'retries', [1, 2, 1]],
    ['has enough', 'leaves', [1, 2]],
  ])('stay with a user whose frames are in an encoder when the camera fails, whoever else comes: he %s', (_, what, expected) => {
    marbles(({ cold, flush }) => {
      const gate = fakeCamera(['f S', 'f----------'], { encodeMs: 20, live: true, killMs: 5, minStartIntervalMs: 0 });
      const ledger = expectLedger(gate);
      const runs: number[] = [];
      gate.events$.subscribe((event) => { if (event.type === 'connecting') runs.push(event.run); });
      const first = gate.pipe(same, encodeH265(), retry(50)).subscribe();
      let second = first;
      // The camera fails at 1 ms; its frame is encoded until 20 ms, and only then the error gets to the first user's retry.
      cold('-----s--l 150ms e').subscribe((deed) => {
        if (deed === 's') second = gate.pipe(same, encodeH265(), retry(50)).subscribe();
        else if (deed === 'e') [first, second].forEach((one) => { one.unsubscribe(); });
        else if (what === 'leaves') first.unsubscribe();
      });
      flush();
      expect(runs).toEqual(expected);
      ledger.verifySettled();
    });
  });
});
