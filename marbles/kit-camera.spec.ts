/** The marble kit's camera: its letters, its time, its processes, and the expectations that go with it. */
import { lastValueFrom, map, take, takeUntil, tap, timer, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { encodeH265 } from '../operators/encode-h265.js';
import { retry } from '../operators/retry.js';
import { skipRate } from '../operators/skip-rate.js';
import { type Pressure, ownerOf } from '../src/ledger/frame-record.js';
import { ERRORS, InvalidOption, Stalled } from '../src/core/errors/errors.js';
import type { EncodedFrame, Frame } from '../src/core/frame/frame.js';
import { hubOf } from '../src/camera/camera.js';
import { expectEvents, expectLedger, expectParts, expectStats, fakeCamera, marbles } from './kit/index.js';

const seq = map((frame: Frame | EncodedFrame) => String(frame.seq));
const AS_LETTER: Record<string, string> = { R: 'SOURCE_REFUSED', T: 'SOURCE_TIMEOUT', U: 'SOURCE_UNAUTHORIZED', N: 'SOURCE_NOT_FOUND', V: 'NO_VIDEO', S: 'STALLED', E: 'STREAM_ENDED', D: 'DECODE_FAILED', X: 'ENCODER_FAILED', C: 'CAPTURE_CRASHED' };

describe('fakeCamera', () => {
  it('plays pictures, and completes like a file', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   o-f--f-f|';
      const subs = '     ^-------!';
      const expected = ' --1--2-3|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(seq)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('is ended by a failure where a live source ends', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f|';
      const subs = '     ^---!';
      const expected = ' -1-2#';
      const gate = fakeCamera(source);
      expectParts(gate.pipe(seq), expected, {}, { error: { code: 'STREAM_ENDED' } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('fails with a class of error for each letter', () => {
    for (const [letter, code] of Object.entries(AS_LETTER)) {
      marbles(() => {
        const gate = fakeCamera(`-f-${letter}`, { key: 'gate' });
        expectParts(gate.pipe(seq), '-1-#', {}, { error: { code, camera: 'gate', attempt: 1 } });
      });
    }
    expect(Object.values(AS_LETTER).every((code) => code in ERRORS)).toBe(true);
  });

  it('fails with errors of the test, named by # or by a letter', () => {
    marbles(() => {
      const gate = fakeCamera(['-#', '-x'], { minStartIntervalMs: 0, error: new Stalled('mine'), values: { x: new Error('odd') } });
      expectParts(gate, '-#', {}, { error: { code: 'STALLED', message: 'mine' } });
      expectParts(gate, '-----#', {}, { subscription: '----^', error: { code: 'CAPTURE_CRASHED' } });
    });
  });

  it('continues with the next diagram when it is opened again, and stays with the last', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const first = '    ff#                         ';
      const second = '           f-f#                 ';
      const last = '                      f#';
      const subs = ['    ^-!', '5002ms ^--!', '10005ms ^!', '15006ms ^!'];
      const expected = ' 12 5000ms 3-4 4999ms - 5 5000ms 6';
      const gate = fakeCamera([first, second, last].map((one) => one.trim()));
      expectObservable(gate.pipe(retry({ maxMs: 5_000 }), seq), '^ 15007ms !').toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('states its properties, and changes its size', () => {
    marbles(() => {
      const gate = fakeCamera('o-f-z-f', { size: { width: 640, height: 360 }, fps: 25, values: { z: { type: 'changed', width: 1280, height: 720 } } });
      expectEvents(gate, 'o', { o: { type: 'opened', source: { kind: 'fake', address: 'fake:fake', width: 640, height: 360, fps: 25 } } });
      expectParts(gate, '--a---b', { a: { width: 640, pts: 0 }, b: { width: 1280, height: 720, pts: 40_000 } }, { subscription: '^------!' });
    });
  });

  it('takes media time from the diagram where it states no rate', () => {
    marbles(() => {
      const gate = fakeCamera('-f-f 37ms f');
      expectParts(gate, '-a-b 37ms c', { a: { pts: 0 }, b: { pts: 2_000 }, c: { pts: 40_000 } }, { subscription: '^ 80ms !' });
    });
  });

  it('gives pictures of the right size in bytes', () => {
    marbles(() => {
      const gate = fakeCamera('f', { size: { width: 16, height: 8 }, pixelFormat: 'rgb24' });
      expectParts(gate, 'a', { a: { pixelFormat: 'rgb24', data: { length: 16 * 8 * 3 } } }, { subscription: '^!' });
    });
  });

  it('stops while a file is paused', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = '   f-f-f-f|';
      const pause = '    ---p---g';
      const subs = '     ^----------!';
      const expected = ' 1-2-----3-4|';
      const gate = fakeCamera(source, { live: false });
      let pressure: Pressure | undefined;
      expectObservable(gate.pipe(tap((frame) => { pressure = ownerOf(frame)?.pressure; }), seq)).toBe(expected);
      cold(pause).subscribe((what) => {
        if (what === 'p') pressure?.block(gate);
        else pressure?.unblock(gate);
      });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, pause, { p: { type: 'paused' }, g: { type: 'resumed' } });
    });
  });

  it('takes its time to encode, one picture after the other, and loses what is inside when it fails', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   fff---#';
      const subs = '     ^-----!';
      const expected = ' ---1--#';
      const gate = fakeCamera(source, { encodeMs: 3 });
      const ledger = expectLedger(gate);
      expectParts(gate.pipe(encodeH265({ mode: 'frame' }), seq), expected, {}, { error: { code: 'CAPTURE_CRASHED' } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectParts(gate.stats$, '-------- s', { s: { captured: 3, delivered: 1, dropped: { 'capture-lost': 2 } } }, { subscription: '--------(^!)' });
      expectEvents(gate, '---a--(bb)', { a: { type: 'encoded', seq: 1, processMs: 3 }, b: { type: 'dropped', cause: 'capture-lost' } });
      ledger.unsubscribe();
    });
  });

  it('gives what is in the encoder before it completes', () => {
    marbles(({ expectObservable }) => {
      const source = '   fff|';
      const expected = ' ---1--2--(3|)';
      expectObservable(fakeCamera(source, { encodeMs: 3, live: false }).pipe(encodeH265({ mode: 'frame' }), seq)).toBe(expected);
    });
  });

  it('starts a GOP at its interval, and where the diagram has one', () => {
    marbles(({ expectObservable }) => {
      const source = '    fffffkfffff';
      const expected = '  kdddkkdddkd';
      const coded$ = fakeCamera(source).pipe(encodeH265({ mode: 'stream', gop: 4 }), map(({ keyframe }) => (keyframe ? 'k' : 'd')));
      expectObservable(coded$, '^ 10ms !').toBe(expected);
    });
  });

  it('opens again only when the killed process is gone', () => {
    marbles(({ expectSubscriptions }) => {
      const gate = fakeCamera(['f', 'f|'], { killMs: 1_500, readWindowMs: 100 });
      const subs = ['^ 999ms !', '2500ms ^!'];
      expectParts(gate.pipe(retry(10), seq), '1 2499ms 2', {}, { subscription: '^ 2505ms !' });
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
    marbles(() => {
      const gate = fakeCamera('f', { killMs: 1_500, readWindowMs: 100 });
      gate.pipe(retry(10)).pipe(takeUntil(timer(60_000))).subscribe();
      timer(70_000).subscribe(() => { expect(gate.processes).toEqual({ running: 0, peak: 1 }); });
    });
  });

  it('refuses a letter that stands for nothing, and options that it does not know', () => {
    expect(() => fakeCamera('-f-Q')).toThrow(InvalidOption);
    expect(() => fakeCamera('-f-Q')).toThrow("'Q' in '-f-Q' given; allowed: f k u c o p r R T U N V S E D X C, # and |, and the letters of values");
    expect(() => fakeCamera('f', { speed: 3 } as never)).toThrow("fakeCamera: unknown option 'speed'");
  });

  it('works with a TestScheduler of the user\'s own, and with wide columns', () => {
    const scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
    scheduler.run(({ expectObservable, expectSubscriptions }) => {
      const gate = fakeCamera('-f-f-|', { live: false });
      expectObservable(gate.pipe(seq)).toBe('-1-2-|');
      expectSubscriptions(gate.subscriptions).toBe('^----!');
      expectStats(gate.stats$, 'ab---c', { a: { state: 'connecting' }, b: { captured: 1 }, c: { captured: 2, state: 'stopped' } });
    });
    marbles(({ expectObservable }) => {
      const source = '   -f-f#';
      const expected = ' -1-2-----3-4|';
      expectObservable(fakeCamera([source, '-f-f|'], { live: false }).pipe(retry(4_000), seq)).toBe(expected);
    }, { columnMs: 1_000 });
  });

  it('plays in real time, too', async () => {
    const gate = fakeCamera('f-f-f|', { live: false });
    expect(await lastValueFrom(gate.pipe(skipRate(2), toArray(), map((frames) => frames.map((frame) => frame.seq))))).toEqual([1, 3]);
  });
});

describe('expectations', () => {
  it('name the parts that differ, under two aligned diagrams', () => {
    expect(() => {
      marbles(() => {
        const gate = fakeCamera('f-f|', { live: false });
        gate.subscribe();
        expectStats(gate.stats$, 'a--b', { a: { state: 'streaming', captured: 1 }, b: { state: 'stopped', captured: 3 } });
      });
    }).toThrow([
      'values are not as expected',
      'expected  a--b',
      'actual    a--A',
      "A = { state: 'stopped', captured: 2 }",
    ].join('\n'));
  });

  it('fail at the event after which the ledger does not balance, and say what led there', () => {
    const run = () => {
      marbles(() => {
        const gate = fakeCamera('-f-f');
        expectLedger(gate);
        gate.pipe(take(2)).subscribe(() => { hubOf(gate)?.emit(1, { type: 'dropped', seq: 1, frames: 1, from: 'outbox', cause: 'outbox' }); });
      });
    };
    expect(run).toThrow(/^fake: outbox is -1\ncaptured 1 = published 0 \+ delivered 0 \+ skipped 0 \+ dropped \(outbox 1\) \+ in flight \(handover 1 \+ outbox -1\)\nlast events:\n {2}0 ms, run 1: connecting/);
  });

  it('work in virtual time only', () => {
    expect(() => { expectStats(fakeCamera().stats$, '', {}); }).toThrow('works in virtual time only');
  });
});
