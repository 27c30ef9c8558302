/** A file that loops: `seq` and media time continue, over its passes and over failures. */
import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { camera } from '../src/camera/camera.js';
import { expectEvents, expectLedger, expectParts, fakeCamera, marbles } from './kit/index.js';

const looped = (source: string | readonly string[]) => fakeCamera(source, { live: false, loop: true, fps: 25 });

describe('loop', () => {
  it('plays the file again and again, at once, with seq and media time continuing', () => {
    marbles(({ expectSubscriptions, flush }) => {
      const gate = looped('fff|');
      const ledger = expectLedger(gate);
      expectParts(gate.pipe(encodeH265(), take(7)), '123456(7|)', {
        1: { seq: 1, pts: 0 }, 2: { seq: 2, pts: 40_000 }, 3: { seq: 3, pts: 80_000 },
        4: { seq: 4, pts: 120_000 }, 5: { seq: 5, pts: 160_000 }, 6: { seq: 6, pts: 200_000 }, 7: { seq: 7, pts: 240_000 },
      });
      expectSubscriptions(gate.subscriptions).toBe(['^--!', '---^--!', '------(^!)']);
      expectEvents(gate, 'c', { c: { type: 'connecting', attempt: 1 } });
      expectEvents(gate, '------s', { s: { type: 'stopped', reason: 'unsubscribed' } });
      flush();
      ledger.verifySettled();
    });
  });

  it('thins each pass again', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = looped('fff|');
      expectSubscriptions(gate.subscriptions).toBe(['^--!', '---^-!']);
      expectParts(gate.pipe(skipRate(2), encodeH265(), take(4)), '1-34-(6|)', { 1: { seq: 1 }, 3: { seq: 3 }, 4: { seq: 4 }, 6: { seq: 6 } });
    });
  });

  it('continues in the middle of a pass after a failure', () => {
    marbles(({ expectSubscriptions, flush }) => {
      const gate = looped(['fff|', 'ffC', 'ffff|', 'fff|']);
      expectSubscriptions(gate.subscriptions).toBe(['^--!', '---^-!', '1005ms ^!']);
      const ledger = expectLedger(gate);
      const last = { seq: 7, pts: 240_000 };
      expectParts(gate.pipe(encodeH265(), retry(1_000), take(7)), '12345 1s 6(7|)', {
        1: { seq: 1 }, 2: { seq: 2 }, 3: { seq: 3 }, 4: { seq: 4, pts: 120_000 }, 5: { seq: 5, pts: 160_000 },
        6: { seq: 6, pts: 200_000 }, 7: last,
      });
      flush();
      ledger.verify();
    });
  });

  it('is refused for a source without an end', () => {
    for (const address of ['rtsp://camera.example.com/stream', 'test:', '/dev/video0']) {
      expect(() => camera(address, { loop: true })).toThrow(/option 'loop': true given for .*, which has no end; allowed for files/);
    }
  });
});
