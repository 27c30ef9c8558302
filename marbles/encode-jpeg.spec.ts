/** encodeJpeg in virtual time: what comes out when, and what happens at the ends. */
import { type Observable, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type EncodeJpegConfig, type EncodedFrame, type Frame, InvalidOption, encodeH265, encodeJpeg, memory, publish, resize, skipRate, toMessage,
} from '../src/index.js';
import { planOf } from '../src/camera/capture.js';
import { expectEvents, expectLedger, expectParts, fakeCamera, marbles } from './kit/index.js';
import { digits } from './values.js';

const same = map((picture: Frame) => picture);

describe('encodeJpeg', () => {
  it('makes a JPEG of every picture, and ends with its source', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f|';
      const subs = '     ^-----!';
      const expected = ' -1-2-3|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(gate.pipe(encodeJpeg(), digits)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
    });
  });

  it('states the facts of each picture', () => {
    marbles(({ expectSubscriptions, flush }) => {
      const gate = fakeCamera('-f', { key: 'gate', encodeMs: 4, fps: 25 });
      const coded$ = gate.pipe(resize({ width: 32 }), encodeJpeg({ quality: 70 }));
      expectParts(coded$, '-----a', {
        a: {
          camera: 'gate', run: 1, seq: 1, lastSeq: 1, frames: 1, pts: 0, capturedAt: 1, encodeMs: 4, codec: 'jpeg', mode: 'frame', keyframe: true,
          quality: 70, encoder: 'fake', width: 32, height: 24,
        },
      }, { subscription: '^ 10ms !' });
      expectSubscriptions(gate.subscriptions).toBe('^----------!');
      flush();
      const seen: EncodedFrame[] = [];
      fakeCamera('f|', { live: false, unitBytes: 30 }).pipe(encodeJpeg()).subscribe((unit) => seen.push(unit));
      flush();
      expect(seen[0]).not.toHaveProperty('crf');
      expect(seen[0]?.data.toString('hex')).toMatch(/^ffd8.{52}ffd9$/);
    });
  });

  it('passes an error, and drops what is in the encoder with cause capture-lost', () => {
    marbles(({ expectSubscriptions }) => {
      const source = '   -f-f-f#';
      const subs = '     ^-----!';
      const expected = ' ----a-#';
      const gate = fakeCamera(source, { encodeMs: 3 });
      expectLedger(gate);
      expectParts(gate.pipe(encodeJpeg()), expected, { a: { seq: 1 } }, { error: { code: 'CAPTURE_CRASHED' } });
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '------(dd)', { d: { type: 'dropped', cause: 'capture-lost', from: 'encoder' } });
    });
  });

  it('drops what is in the encoder when it is unsubscribed, with cause stopped', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const source = '   -f-f-f-f-f';
      const subs = '     ^-----!';
      const unsub = '    ^-----!';
      const expected = ' ----1--';
      const gate = fakeCamera(source, { encodeMs: 3 }); // encoded at 4, 7 and 10
      expectLedger(gate);
      expectObservable(gate.pipe(encodeJpeg(), digits), unsub).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      expectEvents(gate, '------(ddx)', { d: { type: 'dropped', cause: 'stopped' }, x: { type: 'stopped' } });
    });
  });

  it.each([
    ['fused', (frame$: Observable<Frame>) => frame$],
    ['behind user code', (frame$: Observable<Frame>) => frame$.pipe(same)],
  ])('gives the same frames: %s', (_, way) => {
    marbles(({ expectObservable, expectSubscriptions, flush }) => {
      const source = '  -f-f-f-f-f|';
      const subs = '    ^---------!';
      const expected = '-1---3---5|';
      const gate = fakeCamera(source, { live: false });
      expectLedger(gate);
      expectObservable(way(gate).pipe(skipRate(2), encodeJpeg({ quality: 60 }), digits)).toBe(expected);
      expectSubscriptions(gate.subscriptions).toBe(subs);
      flush();
      expect(gate.stats).toMatchObject({ captured: 5, skipped: 2, delivered: 3, encoded: 3, codec: 'jpeg' });
    });
  });

  it('is published as image/jpeg, with its quality', () => {
    marbles(({ expectSubscriptions, flush }) => {
      const broker = memory();
      const gate = fakeCamera('f|', { live: false });
      gate.pipe(encodeJpeg({ quality: 55 }), toMessage(), publish(broker, { topic: 'pictures' }), take(1)).subscribe();
      expectSubscriptions(gate.subscriptions).toBe('(^!)');
      flush();
      expect(broker.read('pictures')[0]?.headers).toMatchObject({ 'content-type': 'image/jpeg', ce_codec: 'jpeg', ce_quality: '55', ce_keyframe: 'true' });
      void broker.close();
    });
  });

  it('extends a plan, and ends it', () => {
    const coded$ = fakeCamera().pipe(encodeJpeg());
    expect(planOf(coded$)?.steps).toEqual([{ kind: 'encodeJpeg', codec: 'jpeg', mode: 'frame', quality: 80 }]);
    expect(() => coded$.pipe(encodeH265() as never)).toThrow('encodeH265 after encodeJpeg given');
  });

  it('refuses options that make no sense', () => {
    const wrong: unknown[] = [null, 80, { quality: 0 }, { quality: 101 }, { quality: 79.5 }, { quality: '80' }, { crf: 23 }, { hardware: true }];
    for (const config of wrong) expect(() => encodeJpeg(config as EncodeJpegConfig), JSON.stringify(config)).toThrow(InvalidOption);
    expect(() => encodeJpeg({ quality: 0 })).toThrow("encodeJpeg: option 'quality': 0 given");
  });
});
