/** The run that each subscription continues: two users of one camera, one of whom has frames in an encoder when the camera fails. */
import { defer, map, switchMap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { Frame } from '../src/core/frame/frame.js';
import { expectLedger, fakeCamera, marbles } from './kit/index.js';

const same = map((frame: Frame) => frame);

describe('runs of a camera', () => {
  it.each([
    ['and that retries', 'retries', [1, 2, 1], ['^!', '5ms ^ 153ms !', '70ms ^ 88ms !']],
    ['and that unsubscribes', 'leaves', [1, 2], ['^!', '5ms ^ 153ms !']],
  ])('stay with a subscriber whose frames are in an encoder when the camera fails, %s, if another one subscribes', (_, what, expected, subs) => {
    marbles(({ cold, expectSubscriptions, flush }) => {
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
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(runs).toEqual(expected);
      ledger.verifySettled();
    });
  });

  it('are continued by a retry that subscribes to the camera later', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = ['  ffS', 'ff---'];
      const subs = ['    ^-!', '62ms ^-!'];
      const unsub = '    64ms !';
      const out = '      11 60ms 11';
      const gate = fakeCamera(source, { live: true, minStartIntervalMs: 0 });
      const ledger = expectLedger(gate);
      const ended: string[] = [];
      gate.events$.subscribe((event) => { if (event.type === 'stopped') ended.push(event.reason); });
      let starts = 0;
      // An address that is looked up before each attempt: for 10 ms, from the second one on.
      const looked = defer(() => (starts++ === 0 ? gate : timer(10).pipe(switchMap(() => gate))));
      expectObservable(looked.pipe(retry(50), map(({ run }) => String(run))), unsub).toBe(out);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(ended).toEqual(['unsubscribed']);
      ledger.verifySettled();
    });
  });

  it('end with a retry that a step after the camera refuses, at once', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '-fS';
      const subs = '  ^-!';
      const out = '   -f 50ms #';
      const gate = fakeCamera(source, { live: true, minStartIntervalMs: 0 });
      const ended: string[] = [];
      gate.events$.subscribe((event) => { if (event.type === 'stopped') ended.push(event.reason); });
      let starts = 0;
      const refusing = defer(() => (starts++ === 0 ? gate.pipe(map(() => 'f')) : throwError(() => new InvalidOption('closed'))));
      expectObservable(refusing.pipe(retry(50))).toBe(out, undefined, new InvalidOption('closed'));
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(ended).toEqual(['unsubscribed']);
      expect(gate.stats.state).toBe('stopped');
    });
  });
});
