import { type Observable, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { record } from '../operators/record.js';
import { subscribe } from '../operators/subscribe.js';
import { verify } from '../operators/verify.js';
import { InvalidOption, type RxcamError } from '../src/core/errors/errors.js';
import { PlainHeaders, type Received } from '../src/message/index.js';
import type { Recorded } from '../src/consumer/recording/index.js';
import { type Sent, received } from '../test/unit/broker/sent.js';
import { fakeFolder, fakeTopic, marbles } from './kit/index.js';

const NOON = Date.UTC(2026, 10, 28, 12);
/** The nth picture, so many ms after noon; a capital letter is a keyframe. */
function picture(letter: string, order: number, ms: number, more: Partial<Sent> = {}, size = 640): Received {
  const keyframe = letter === letter.toUpperCase();
  const one = received({ order, mode: 'stream', keyframe, value: Buffer.from(letter), ...more });
  const headers = { ...one.headers, ce_time: new Date(NOON + ms).toISOString(), ce_pts: String(ms * 1000), ce_width: String(size), ce_height: '360' };
  return received({ order, value: Buffer.from(letter), ...more, more: { headers: new PlainHeaders(headers) } });
}
const gop: Record<string, Received> = Object.fromEntries([...'AbcDef'].map((letter, index) => [letter, picture(letter, index + 1, index * 40)]));
/** Opened, closed, gap, removed. */
const shown = (source: Observable<Recorded>) => source.pipe(map(({ type }) => type.charAt(0)));
const NAME = 'to/cam/2026-11-28T12-00-00-000Z.mp4';

describe('record', () => {
  it('writes messages into a file from the first keyframe on, and closes it at the end', () => {
    const { files, muxer, content } = fakeFolder();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -A-b-c-|   ', gop);
      const subs = '        ^------!   ';
      const expected = '    -o-----(c|)';
      expectObservable(source.pipe(record('to', { files, muxer }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(content.get(NAME)).toBe('Abc');
    expect(JSON.parse(content.get('to/cam/recordings.ndjson') ?? '')).toMatchObject({
      type: 'closed', file: '2026-11-28T12-00-00-000Z.mp4', pictures: 3, from: NOON, to: NOON + 80, durationMs: 120, firstOrder: 1, lastOrder: 3, reason: 'ended', bytes: 3,
    });
  });

  it('waits for a keyframe at the beginning, and notes how many it left out', () => {
    const { files, muxer, content } = fakeFolder();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' b-c-D-e-|   ', gop);
      const subs = '        ^-------!   ';
      const expected = '    ----(go)(c|)';
      expectObservable(source.pipe(record('to', { files, muxer }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect(content.get('to/cam/recordings.ndjson')).toContain('"cause":"undecodable","size":2');
  });

  it('begins another file at a silence, at another size and at a new period', () => {
    const { files, muxer } = fakeFolder();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = {
        A: picture('A', 1, 0), B: picture('B', 2, 9_000), C: picture('C', 3, 9_040, {}, 320), d: picture('d', 4, 59_000, {}, 320), E: picture('E', 5, 60_000, {}, 320),
      };
      const source = cold(' -A-B-----C----d-E-----|   ', { ...values, d: picture('d', 4, 18_000, {}, 320) });
      const subs = '        ^---------------------!   ';
      const expected = '    -o-(cgo)-(co)---(cgo)-(c|)';
      expectObservable(source.pipe(record('to', { files, muxer, gapMs: 8_999, every: 60_000 }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('closes the file at a gap that verify found, and notes it', () => {
    const { files, muxer, content } = fakeFolder();
    marbles(({ expectObservable, expectSubscriptions }) => {
      const topic = fakeTopic('a-b-(gap)-c');
      const unsub = '          ^-----------!';
      const expected = '       o---------(cgo)';
      expectObservable(subscribe(topic, { topic: 'video' }).pipe(verify(), record('to', { files, muxer }), shown), unsub).toBe(expected);
      expectSubscriptions(topic.subscriptions).toBe(unsub);
    });
    expect(content.get('to/camera_1/recordings.ndjson') ?? [...content.keys()].join()).toContain('"cause":"lost","size":1');
  });

  it('finishes the file when it is unsubscribed, and when the source fails', () => {
    const { files, muxer, content } = fakeFolder();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const living = cold('  -A-b--', gop);
      const failing = cold(' -A-b-#', gop);
      expectObservable(living.pipe(record('living', { files, muxer }), shown), '^----!').toBe('-o----');
      expectObservable(failing.pipe(record('failing', { files, muxer }), shown)).toBe('-o---(c#)');
      expectSubscriptions(living.subscriptions).toBe('^----!');
      expectSubscriptions(failing.subscriptions).toBe('^----!');
    });
    expect(content.get('living/cam/recordings.ndjson')).toContain('"pictures":2');
    expect(content.get('failing/cam/recordings.ndjson')).toContain('"pictures":2');
  });

  it('removes the oldest files above the limit', () => {
    const { files, muxer, content } = fakeFolder();
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = Object.fromEntries([...'ABCD'].map((letter, index) => [letter, picture(letter, index + 1, index * 60_000)]));
      const source = cold(' A-----B-----C------D------|   ', values);
      const subs = '        ^-------------------------!   ';
      const expected = '    o-----(cgo)-(cgor)-(cgor)-(c|)';
      expectObservable(source.pipe(record('to', { files, muxer, keep: { bytes: 2 } }), shown)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
    expect([...content.keys()].filter((name) => name.endsWith('.mp4'))).toHaveLength(2);
  });

  it('fails with RECORDING_FAILED when the disk is full', () => {
    const folder = fakeFolder();
    folder.isFull = true;
    const codes: unknown[] = [];
    marbles(({ cold, expectSubscriptions, flush }) => {
      const source = cold(' -A-b-D-e-|', gop);
      source.pipe(record('to', { files: folder.files, muxer: folder.muxer })).subscribe({ error: (error: unknown) => codes.push((error as RxcamError).code) });
      flush();
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
    expect(codes).toEqual(['RECORDING_FAILED']);
  });

  it.each([
    ['', {}, /folder/], ['to', { every: 0 }, /every/], ['to', { gapMs: -1 }, /gapMs/], ['to', { keep: { bytes: 0 } }, /keep\.bytes/], ['to', { bogus: 1 }, /bogus/],
  ])('refuses %j with %j', (folder, config, message) => {
    expect(() => record(folder, config as never)).toThrow(InvalidOption);
    expect(() => record(folder, config as never)).toThrow(message);
  });
});
