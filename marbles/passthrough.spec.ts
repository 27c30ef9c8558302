import { type Observable, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { type PassthroughConfig, passthrough } from '../operators/passthrough.js';
import { resize } from '../operators/resize.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { planOf } from '../src/camera/capture.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { EncodedFrame, SourceFrame } from '../src/core/frame/frame.js';
import { expectEvents, expectLedger, expectParts, expectStats, fakeCamera, marbles } from './kit/index.js';

/** `1-3`: a chunk of the access units 1 to 3; `K2`: a keyframe; `d3`: what depends on one. */
const shown = map(({ seq, lastSeq, keyframe, frames }: EncodedFrame) => (frames > 1 ? `${seq}-${lastSeq}` : `${keyframe ? 'K' : 'd'}${seq}`));

describe('passthrough', () => {
  it('gives every access unit from the first keyframe on, and counts those before it as dropped', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-k-f-k|';
      const subs = '     ^-------!';
      const expected = ' ---a-b-c|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough(), shown)).toBe(expected, { a: 'K2', b: 'd3', c: 'K4' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectStats(gate.stats$, '20ms s', { s: { captured: 4, delivered: 3, dropped: { gop: 1 }, inFlight: 0 } }, { subscription: '20ms (^!)' });
    });
  });

  it('states the facts of each access unit', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('-k', { key: 'gate', fps: 25, encodeMs: 4 });
      expectParts(gate.pipe(passthrough()), '-a', {
        a: {
          camera: 'gate', run: 1, seq: 1, lastSeq: 1, frames: 1, pts: 0, capturedAt: 1, encodeMs: 0, codec: 'h264', mode: 'stream', keyframe: true,
          crf: undefined, quality: undefined, encoder: 'copy', width: 64, height: 48, source: { kind: 'fake', address: 'fake:gate', fps: 25 },
        },
      }, { subscription: '^ 10ms !' });
      expectSubscriptions(gate.subscriptions).toBe('^----------!');
    });
  });

  it('keeps decoding order where media time falls', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const values = { b: { type: 'captured', pts: 80_000 }, c: { type: 'captured', pts: 40_000 } } as const;
      const gate = fakeCamera('-k-b-c|', { live: false, values });
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough(), map(({ seq, pts }) => [seq, pts]))).toBe(' -a-b-c|', { a: [1, 0], b: [2, 80_000], c: [3, 40_000] });
      expectSubscriptions(gate.subscriptions).toBe('^-----!');
    });
  });

  it.each<[PassthroughConfig['chunk'], string, string, Record<string, string>]>([
    ['gop', '           kffkkff|', '---ab--(c|)', { a: '1-3', b: 'K4', c: '5-7' }],
    [{ frames: 2 }, '   kffkkfk|', '---a--b(c|)', { a: '1-3', b: '4-6', c: 'K7' }],
    [{ ms: 100 }, '     kfkfkf|', '----a-(b|)', { a: '1-4', b: '5-6' }],
  ])('makes chunks that start at a keyframe: %j', (chunk, source, expected, values) => {
    marbles(({ expectObservable }) => {
      const gate = fakeCamera(source.trim(), { live: false, fps: 25 });
      expectLedger(gate);
      const chunks$ = gate.pipe(passthrough({ chunk }), shown);
      expectObservable(chunks$).toBe(expected, values);
    });
  });

  it('begins at a keyframe again after a reconnect; seq continues', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const sources = [' -k-fC', '        -f-k|'];
      const subs = ['    ^---!', '    ---- 1s ^--!'];
      const expected = ' -a-b    1s ---(c|)';
      const gate = fakeCamera(sources.map((one) => one.trim()));
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough(), retry(1_000), shown, take(3))).toBe(expected, { a: 'K1', b: 'd2', c: 'K4' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('continues in a file where it was, in the middle of a GOP', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera(['-k-f-C', '-f-k|'], { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough(), retry(1_000), map(({ seq, keyframe }) => `${keyframe ? 'K' : 'd'}${seq}`)))
        .toBe('-a-b- 1s -c-d|', { a: 'K1', b: 'd2', c: 'd3', d: 'K4' });
      expectSubscriptions(gate.subscriptions).toBe(['^----!', '1005ms ^---!']);
    });
  });

  it('gives a chunk that is begun before an error, and before the end', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('-k-f-#');
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough({ chunk: 'gop' }), shown, take(1))).toBe('-----(a|)', { a: '1-2' });
      expectSubscriptions(gate.subscriptions).toBe('^----!');
    });
  });

  it('drops a chunk that no outbox would take, and what depends on it', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('kfffkf|', { live: false, unitBytes: 6 * 1024 * 1024 });
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough({ chunk: 'gop' }), shown)).toBe('------(a|)', { a: '5-6' });
      expectStats(gate.stats$, '20ms s', { s: { captured: 6, delivered: 2, dropped: { 'too-large': 3, gop: 1 }, inFlight: 0 } }, { subscription: '20ms (^!)' });
      expectSubscriptions(gate.subscriptions).toBe('^-----!');
    });
  });

  it('reports that nothing is encoded', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera('(kf|)', { live: false });
      expectEvents(gate, '(e)', { e: { type: 'encoder', encoder: 'copy', hardware: false } });
      gate.pipe(passthrough()).subscribe();
      expectSubscriptions(gate.subscriptions).toBe('(^!)');
    });
  });

  it('counts what is in a chunk as stopped when it is unsubscribed', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('-k-f-f');
      expectLedger(gate);
      expectObservable(gate.pipe(passthrough({ chunk: 'gop' }), shown), '^---!').toBe('----');
      expectStats(gate.stats$, '20ms s', { s: { captured: 2, dropped: { stopped: 2 }, inFlight: 0 } }, { subscription: '20ms (^!)' });
      expectSubscriptions(gate.subscriptions).toBe('^---!');
    });
  });

  it('is placed directly after a camera, or a retry behind it', () => {
    const gate = fakeCamera('k');
    const same = map((frame: SourceFrame) => frame);
    expect(planOf(gate.pipe(retry(), passthrough()))?.steps.map((step) => step.kind)).toEqual(['passthrough']);
    for (const [before, named] of [[skipRate(2), 'skipRate'], [resize({ width: 32 }), 'resize'], [same, 'your own operator']] as const) {
      const after$ = (gate as Observable<SourceFrame>).pipe(before) as Observable<SourceFrame>;
      expect(() => after$.pipe(passthrough())).toThrow(new InvalidOption(
        `passthrough after ${named} given; allowed directly after camera() or its retry(): without decoding, no operator can work on pictures`,
      ));
    }
  });

  it('takes no step behind it that works on pictures, by type and when it is made', () => {
    const gate = fakeCamera('k');
    // @ts-expect-error -- what is thinned has been decoded
    expect(() => gate.pipe(skipRate(2), passthrough())).toThrow(InvalidOption);
    // @ts-expect-error -- an access unit is not a picture
    expect(() => gate.pipe(passthrough(), encodeH265())).toThrow(InvalidOption);
  });

  it.each([
    [{ chunk: 'all' }, "passthrough: option 'chunk': \"all\" given, expected 'gop', { frames: a whole number } or { ms: a number }"],
    [{ crf: 23 }, "passthrough: unknown option 'crf'"],
  ])('refuses %j', (config, message) => {
    expect(() => passthrough(config as unknown as PassthroughConfig)).toThrow(new InvalidOption(message));
  });
});
