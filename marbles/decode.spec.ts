import { type Observable, catchError, map, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decode } from '../operators/decode.js';
import { deliver } from '../operators/deliver.js';
import { subscribe } from '../operators/subscribe.js';
import { verify } from '../operators/verify.js';
import { InvalidOption, type RxcamError } from '../src/core/errors/errors.js';
import type { Received } from '../src/message/index.js';
import { received } from '../test/unit/broker/sent.js';
import { fakeDecoder, fakeTopic, marbles } from './kit/index.js';

/** Frame mode: a chunk of bytes that is not Annex B is one access unit. */
const values: Record<string, Received> = Object.fromEntries([...'abcdef'].map((letter, index) => [letter, received({ order: index + 1, value: Buffer.from(letter) })]));
const stream = (letter: string, index: number) => received({ order: index + 1, mode: 'stream', keyframe: letter === letter.toUpperCase(), value: Buffer.from(letter) });
const gop: Record<string, Received> = Object.fromEntries([...'AbcDef'].map((letter, index) => [letter, stream(letter, index)]));
/** Pictures by the bytes of their access unit. */
const shown = (source: Observable<{ data: Buffer }>) => source.pipe(map(({ data }) => data.toString()));

describe('decode', () => {
  it('emits a picture for each message, with the facts of the message', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b---c-|', values);
      const subs = '        ^--------!';
      const expected = '    --x-y---z|';
      const { decoder } = fakeDecoder({ decodeMs: 1 });
      const facts$ = source.pipe(decode({ decoder }), map(({ seq, inputOrder, camera, data }) => `${seq} ${inputOrder} ${camera} ${data.toString()}`));
      expectObservable(facts$).toBe(expected, { x: '1 1 cam a', y: '2 2 cam b', z: '3 3 cam c' });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('completes when the last picture is out', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -(ab|)     ', values);
      const subs = '        ^!         ';
      const expected = '    ----a--(b|)';
      const { decoder } = fakeDecoder({ decodeMs: 3 });
      expectObservable(source.pipe(decode({ decoder }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('waits for a keyframe at the beginning, and reports what it left out', () => {
    const left: string[] = [];
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-c-D-e-|', gop);
      const subs = '        ^--------!';
      const expected = '    -----D-e-|';
      const { decoder } = fakeDecoder();
      expectObservable(source.pipe(decode({ decoder, onUndecoded: ({ inputOrder }, count, reason) => { left.push(`${inputOrder} ${count} ${reason}`); } }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(left).toEqual(['2 1 there was no keyframe before it', '3 1 there was no keyframe before it']);
  });

  it('starts again at the next keyframe when the decoder dies', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const source = cold(' -A-b-c-D-e-|', gop);
      const subs = '        ^----------!';
      const expected = '    -A-----D-e-|';
      const fake = fakeDecoder({ fate: (unit) => (unit === 'b' ? 'crash' : 'picture') });
      expectObservable(source.pipe(decode({ decoder: fake.decoder }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(fake).toMatchObject({ started: 2, running: 0 });
    });
  });

  it('fails with DECODE_FAILED when the decoder dies three times without a picture', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-d-|', values);
      const subs = '        ^----!    ';
      const expected = '    -----#    ';
      const { decoder } = fakeDecoder({ fate: () => 'crash' });
      const codes$ = source.pipe(decode({ decoder }), shown, catchError((error: unknown) => throwError(() => (error as RxcamError).code)));
      expectObservable(codes$).toBe(expected, {}, 'DECODE_FAILED');
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('reports the messages without a picture when a later one arrives', () => {
    const left: string[] = [];
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-c-|', values);
      const subs = '        ^------!';
      const expected = '    -a---c-|';
      const { decoder } = fakeDecoder({ fate: (unit) => (unit === 'b' ? 'nothing' : 'picture') });
      expectObservable(source.pipe(decode({ decoder, onUndecoded: ({ inputOrder }, count) => { left.push(`${inputOrder} ${count}`); } }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(left).toEqual(['2 1']);
  });

  it('has a decoder for each key', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const other = received({ order: 1, camera: 'other', value: Buffer.from('x'), more: { key: 'other' } });
      const source = cold(' -a-x-b-|', { ...values, x: other });
      const subs = '        ^------!';
      const expected = '    -a-x-b-|';
      const fake = fakeDecoder();
      expectObservable(source.pipe(decode({ decoder: fake.decoder }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(fake).toMatchObject({ started: 2, running: 0 });
    });
  });

  it('passes an error at once, and ends the decoder then and on unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const fake = fakeDecoder({ decodeMs: 5 });
      const failing = cold(' -a-#', values);
      const living = cold('  -a--', values);
      expectObservable(failing.pipe(decode({ decoder: fake.decoder }), shown)).toBe('---#');
      expectObservable(living.pipe(decode({ decoder: fake.decoder }), shown), '^--!').toBe('---');
      expectSubscriptions(failing.subscriptions).toBe('^--!');
      expectSubscriptions(living.subscriptions).toBe('^--!');
      flush();
      expect(fake).toMatchObject({ started: 2, running: 0 });
    });
  });

  it('follows subscribe and verify, and leaves gaps out', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const { decoder } = fakeDecoder();
      const topic = fakeTopic('a-b-(gap)-c');
      const unsub = '          ^-----------!';
      const expected = '       1-2-------4';
      const seqs$ = subscribe(topic, { topic: 'video' }).pipe(verify(), decode({ decoder }), map(({ seq }) => String(seq)));
      expectObservable(seqs$, unsub).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(unsub);
    });
  });

  it('keeps a message of a bounded inbox until its picture has been delivered', () => {
    marbles(({ expectObservable, expectSubscriptions }) => {
      const { decoder } = fakeDecoder();
      const topic = fakeTopic('(abc)');
      const messages$ = subscribe(topic, { topic: 'video', from: 'earliest', inbox: { maxMessages: 1 } });
      const seqs$ = messages$.pipe(decode({ decoder }), deliver((frame) => [frame.seq]), map(String));
      expectObservable(seqs$, '^-!').toBe('(123)');
      expectSubscriptions(topic.subscriptions).toBe('^-!');
    });
  });

  it.each([
    [{ pixelFormat: 'yuv444p' }, /pixelFormat/], [{ size: {} }, /width, height or both/], [{ size: { width: 8 } }, /size\.width/], [{ quality: 0 }, /quality/], [{ bogus: 1 }, /bogus/],
  ])('refuses %j', (config, message) => {
    expect(() => decode(config as never)).toThrow(InvalidOption);
    expect(() => decode(config as never)).toThrow(message);
  });
});
