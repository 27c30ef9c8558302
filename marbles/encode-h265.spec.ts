import { type Observable, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type EncodeH265Config, encodeH265 } from '../operators/encode-h265.js';
import { resize } from '../operators/resize.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { EncodedFrame, Frame } from '../src/core/frame/frame.js';
import { expectEvents, expectLedger, expectParts, expectStats, fakeCamera, marbles } from './kit/index.js';
import { digits } from './values.js';

const same = map((picture: Frame) => picture);
/** `1-3`: a chunk of the pictures 1 to 3; `K2`: a keyframe; `d3`: what depends on one. */
const shown = map(({ seq, lastSeq, keyframe, frames }: EncodedFrame) => (frames > 1 ? `${seq}-${lastSeq}` : `${keyframe ? 'K' : 'd'}${seq}`));

describe('encodeH265', () => {
  it('makes an access unit of every picture, each a keyframe in frame mode', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f|';
      const subs = '     ^-----!';
      const expected = ' -a-b-c|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(encodeH265({ mode: 'frame' }), shown)).toBe(expected, { a: 'K1', b: 'K2', c: 'K3' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('states the facts of each access unit', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-f', { key: 'gate', encodeMs: 4, fps: 25 });
      const coded$ = gate.pipe(resize({ width: 32 }), encodeH265({ mode: 'frame', crf: 30 }));
      expectParts(coded$, '-----a', {
        a: {
          camera: 'gate', run: 1, seq: 1, lastSeq: 1, frames: 1, pts: 0, capturedAt: 1, encodeMs: 4, codec: 'h265', mode: 'frame', keyframe: true,
          crf: 30, encoder: 'fake', width: 32, height: 24, source: { kind: 'fake', address: 'fake:gate', fps: 25, width: 64, height: 48 },
        },
      }, { subscription: '^ 10ms !' });
      expectSubscriptions(gate.subscriptions).toBe('^----------!');
    });
  });

  it('starts a GOP every so many pictures in stream mode', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   ffffff|';
      const subs = '     ^-----!';
      const expected = ' abcdef|';
      const gate = fakeCamera(source, { live: false });
      expectObservable(gate.pipe(encodeH265({ mode: 'stream', gop: 3 }), shown)).toBe(expected, { a: 'K1', b: 'd2', c: 'd3', d: 'K4', e: 'd5', f: 'd6' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('makes one value of this number of frames, from a keyframe on', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f-f-f|   ';
      const subs = '     ^---------!   ';
      const expected = ' ---a---b--(c|)';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(encodeH265({ mode: 'stream', chunk: { frames: 2 } }), shown)).toBe(expected, { a: '1-2', b: '3-4', c: 'K5' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectStats(gate.stats$, '20ms s', { s: { captured: 5, encoded: 5, delivered: 5, inFlight: 0 } }, { subscription: '20ms (^!)' });
    });
  });

  it('makes one value of a GOP, also of one that ends early', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   fffffkff|';
      const subs = '     ^-------!';
      const expected = ' --a--b-c|'; // 1-3 is full, 4-5 is ended by the keyframe 6
      const gate = fakeCamera(source, { live: false });
      expectObservable(gate.pipe(encodeH265({ mode: 'stream', gop: 3, chunk: 'gop' }), shown)).toBe(expected, { a: '1-3', b: '4-5', c: '6-8' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('makes one value of a span of media time, but none that starts without a keyframe', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   ffffffff|'; // 25 fps: 40 ms each; keyframes 1, 3, 5, 7
      const expected = ' ----a---(b|)';
      const gate = fakeCamera(source, { live: false, fps: 25 });
      expectObservable(gate.pipe(encodeH265({ mode: 'stream', gop: 2, chunk: { ms: 100 } }), shown)).toBe(expected, { a: '1-4', b: '5-8' });
      expectSubscriptions(gate.subscriptions).toBe('^-------!');
    });
  });

  it('gives a chunk that is begun before an error, and before the end', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-f-#   ';
      const subs = '     ^------!   ';
      const expected = ' ---a---(b#)';
      const gate = fakeCamera(source);
      expectLedger(gate);
      const chunks$ = gate.pipe(encodeH265({ mode: 'stream', chunk: { frames: 2 } }));
      expectParts(chunks$, expected, { a: { seq: 1, frames: 2 }, b: { seq: 3, frames: 1 } }, { error: { code: 'CAPTURE_CRASHED' } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('drops what is in the encoder and in a chunk when it is unsubscribed, with cause stopped', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f-f-f';
      const subs = '     ^-------!';
      const unsub = '    ^-------!';
      const expected = ' ---------';
      const gate = fakeCamera(source, { encodeMs: 3 }); // encoded at 4, 7 and 10
      expectLedger(gate);
      expectObservable(gate.pipe(encodeH265({ mode: 'stream', gop: 10, chunk: { ms: 1 } }), shown), unsub).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '8ms (ddddx)', { d: { type: 'dropped', cause: 'stopped' }, x: { type: 'stopped' } });
    });
  });

  it.each([
    ['fused', 'stopped', (frame$: Observable<Frame>) => frame$],
    ['behind user code', 'failed', (frame$: Observable<Frame>) => frame$.pipe(map((frame) => frame))],
  ])('leaves nothing in flight when a subscriber leaves at the chunk that a failure flushes: %s', (_, state, way) => {
    marbles(({ expectSubscriptions, flush }) => {
      const source = '-f-f---f S'; // two encoded, one in the encoder, when it stalls
      const subs = '  ^-------!';
      const gate = fakeCamera(source, { live: false, encodeMs: 3 });
      const ledger = expectLedger(gate);
      const seqs: number[] = [];
      way(gate).pipe(encodeH265({ mode: 'stream', gop: 10, chunk: { ms: 100 } }), take(1), retry(5_000)).subscribe((unit) => seqs.push(unit.frames));
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(seqs).toHaveLength(1);
      ledger.verifySettled();
      expect(gate.stats).toMatchObject({ inFlight: 0, state, reconnects: 0 });
    });
  });

  it('drops what is in the encoder when the process dies, with cause capture-lost', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-f#';
      const subs = '     ^-----!';
      const expected = ' ----a-#';
      const gate = fakeCamera(source, { encodeMs: 3 });
      expectLedger(gate);
      expectParts(gate.pipe(encodeH265({ mode: 'frame' })), expected, { a: { seq: 1 } }, { error: { code: 'CAPTURE_CRASHED' } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '------(dd)', { d: { type: 'dropped', cause: 'capture-lost', from: 'encoder' } });
    });
  });

  it('reports the encoder and the reason for it', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-f|', { live: false });
      expectEvents(gate, 'e', { e: { type: 'encoder', encoder: 'fake', hardware: false, reason: 'requested' } });
      gate.pipe(encodeH265({ mode: 'frame' })).subscribe();
      expectStats(gate.stats$, 'cfs', { c: { state: 'connecting' }, f: { state: 'streaming' }, s: { state: 'stopped', encoder: { name: 'fake', hardware: false, reason: 'requested' } } });
      expectSubscriptions(gate.subscriptions).toBe('^-!');
    });
  });

  it('gives the same frames fused and on frames out of the user\'s hands', () => {
    const configs: EncodeH265Config[] = [{ mode: 'frame' }, { mode: 'stream', gop: 3 }, { mode: 'stream', gop: 4, chunk: 'gop' }, { mode: 'stream', gop: 2, chunk: { ms: 70 } }];
    for (const config of configs) {
      for (const encodeMs of [0, 1]) {
        marbles(({ expectObservable, expectSubscriptions, flush }) => {
          const source = '-f-f-f-f-f-f-f-f-f-f-f-f-f|';
          const subs = '  ^-------------------------!';
          const [one, other] = [1, 2].map(() => fakeCamera(source, { live: false, fps: 25, encodeMs })) as [ReturnType<typeof fakeCamera>, ReturnType<typeof fakeCamera>];
          expectLedger(one);
          expectLedger(other);
          const facts = map(({ seq, lastSeq, pts, keyframe, width, height, data }: EncodedFrame) => ({ seq, lastSeq, pts, keyframe, width, height, data: data.toString() }));
          const steps = [skipRate({ fps: 10 }), resize({ width: 32 })] as const;
          expectObservable(one.pipe(...steps, encodeH265(config), facts)).toEqual(other.pipe(same, ...steps, encodeH265(config), facts));
          expectSubscriptions(one.subscriptions).toBe(subs);
          expectSubscriptions(other.subscriptions).toBe(subs);
          flush();
          expect(one.stats).toMatchObject({ captured: 13, skipped: other.stats.skipped, inFlight: 0 });
        });
      }
    }
  });

  it('pauses a file while frames wait for the child, and loses none', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '   ffffffff|';
      const gate = fakeCamera(source, { live: false, encodeMs: 10 });
      const ledger = expectLedger(gate);
      expectObservable(gate.pipe(same, encodeH265({ mode: 'frame' }), digits))
        .toBe('10ms 1 9ms 2 9ms 3 9ms 4 9ms 5 9ms 6 9ms 7 9ms (8|)');
      expectSubscriptions(gate.subscriptions).toBe('^ 60ms !');
      flush();
      ledger.verifySettled();
      expect(gate.stats).toMatchObject({ captured: 8, delivered: 8, droppedTotal: 0 });
    });
  });

  it('drops the oldest frames of a live source that the child is too slow for, with cause stdin', () => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '     ffffffffffffffffffff'; // 2 in the child, 8 wait, the rest is dropped
      const gate = fakeCamera(source, { encodeMs: 30 });
      const ledger = expectLedger(gate);
      const kept$ = gate.pipe(same, encodeH265({ mode: 'frame' }), take(4), map(({ seq }) => seq));
      expectObservable(kept$).toBe('30ms a 29ms b 29ms c 29ms (d|)', { a: 1, b: 2, c: 13, d: 14 });
      expectSubscriptions(gate.subscriptions).toBe('^ 119ms !');
      flush();
      ledger.verifySettled();
      expect(gate.stats).toMatchObject({ captured: 20, delivered: 4, dropped: { stdin: 10, stopped: 6 } });
    });
  });

  it('extends a plan, and ends it', () => {
    const coded$ = fakeCamera().pipe(encodeH265({ mode: 'stream', chunk: { frames: 25 } }));
    expect(planOf(coded$)?.steps).toEqual([{ kind: 'encodeH265', codec: 'h265', mode: 'stream', crf: 23, preset: 'ultrafast', gop: 25, chunk: { frames: 25 }, hardware: false, reuse: false }]);
    expect(() => coded$.pipe(encodeH265({ mode: 'frame' }) as never)).toThrow('encodeH265 after encodeH265 given');
    expect(planOf(fakeCamera().pipe(encodeH265()))?.steps[0]).toMatchObject({ mode: 'frame', gop: 1 });
  });

  it('refuses options that make no sense', () => {
    const wrong: unknown[] = [
      null, 'frame', { mode: 'both' }, { mode: 'frame', crf: 52 }, { mode: 'frame', crf: -1 }, { mode: 'frame', preset: 'placebo' }, { mode: 'frame', gop: 5 },
      { mode: 'frame', chunk: 'gop' }, { mode: 'stream', gop: 0 }, { mode: 'stream', chunk: { frames: 0 } }, { mode: 'stream', chunk: { ms: 0 } },
      { mode: 'stream', chunk: 'all' }, { mode: 'stream', gop: 5, chunk: { frames: 6 } }, { mode: 'frame', hardware: 'cuda' }, { mode: 'frame', quality: 3 },
    ];
    for (const config of wrong) expect(() => encodeH265(config as EncodeH265Config), JSON.stringify(config)).toThrow(InvalidOption);
    expect(() => encodeH265({ mode: 'frame', crf: 52 })).toThrow("encodeH265: option 'crf': 52 given");
    expect(() => encodeH265({ mode: 'stream', chunk: 'all' as never })).toThrow("encodeH265: option 'chunk': \"all\" given, expected 'gop', { frames: a whole number } or { ms: a number }");
  });
});
