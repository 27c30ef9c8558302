import { createHash } from 'node:crypto';
import { type Observable, map, of } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { toMessage } from '../operators/to-message.js';
import { FRAME_RECORDS } from '../src/core/frame/accounted.js';
import { InvalidOption } from '../src/core/errors/errors.js';
import type { CameraMessage, EncodedFrame } from '../src/core/frame/frame.js';
import { FakeRun } from '../test/unit/broker/outbox-fakes.js';

let scheduler: TestScheduler;
beforeEach(() => {
  scheduler = new TestScheduler((actual, expected) => { expect(actual).toEqual(expected); });
});

function encoded(seq: number, facts: Partial<EncodedFrame> = {}): EncodedFrame {
  return {
    camera: 'gate', run: 1, seq, pts: seq * 40_000, capturedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678), width: 640, height: 360,
    source: { kind: 'rtsp', address: 'rtsp://***@camera.example.com/a b' }, codec: 'h265', mode: 'frame', keyframe: true, frames: 1, lastSeq: seq,
    crf: 23, encoder: 'libx265', encodeMs: 3, data: Buffer.from(`unit ${seq}`), ...facts,
  };
}

const a = encoded(1);
const b = encoded(2);
const c = encoded(3);
const order = (messages$: Observable<CameraMessage>) => messages$.pipe(map(({ inputOrder }) => String(inputOrder)));

describe('toMessage', () => {
  it('makes a message of each frame, in its place', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b---c-|', { a, b, c });
      const subs = '        ^--------!';
      const expected = '    -1-2---3-|';
      expectObservable(source.pipe(toMessage(), order)).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('numbers the frames that come from no camera from 1 in each subscription', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('   -a-b-|  ', { a, b });
      const messages$ = source.pipe(toMessage(), order);
      expectObservable(messages$, '       ^       ').toBe('-1-2-|   ');
      expectObservable(messages$, '       --^     ').toBe('---1-2-| ');
      expectSubscriptions(source.subscriptions).toBe(['^----!', '--^----!']);
    });
  });

  it("continues with the camera's numbers in the next subscription", () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const run = new FakeRun('gate');
      const own = (frame: EncodedFrame) => ({ ...frame, [FRAME_RECORDS]: [run.capture()] });
      const source = cold('-a-b-#', { a: own(a), b: own(b) });
      const messages$ = source.pipe(toMessage(), order);
      expectObservable(messages$, '^        ').toBe('-1-2-#');
      expectObservable(messages$, '------^  ').toBe('-------3-4-#');
      expectSubscriptions(source.subscriptions).toBe(['^----!', '------^----!']);
      flush();
    });
  });

  it("passes the source's error, and what a function throws, as it is", () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const bug = new TypeError('a bug');
      const source = cold(' -a-#    ', { a });
      expectObservable(source.pipe(toMessage(), order)).toBe('-1-#');
      expectObservable(source.pipe(toMessage(() => { throw bug; }), order)).toBe('-#', undefined, bug);
      expectSubscriptions(source.subscriptions).toBe(['^--!', '^!']);
    });
  });

  it('unsubscribes from the source', () => {
    scheduler.run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -a-b-', { a, b });
      expectObservable(source.pipe(toMessage(), order), '^-!').toBe('-1');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('keeps the account of a frame, and gives up that of one whose message could not be made', () => {
    scheduler.run(({ cold, expectSubscriptions, flush }) => {
      const run = new FakeRun('gate');
      const own = (frame: EncodedFrame) => ({ ...frame, [FRAME_RECORDS]: [run.capture()] });
      const messages: CameraMessage[] = [];
      const [good, bad] = [cold('a', { a: own(a) }), cold('b', { b: own(b) })];
      good.pipe(toMessage()).subscribe((message) => messages.push(message));
      bad.pipe(toMessage(() => { throw new Error('bad'); })).subscribe({ error: () => undefined });
      expectSubscriptions(good.subscriptions).toBe('^');
      expectSubscriptions(bad.subscriptions).toBe(' (^!)');
      flush();
      expect(messages[0]?.[FRAME_RECORDS]?.[0]?.seq).toBe(1);
      expect(run.ledger.counts.delivered).toBe(1);
      expect(run.ledger.dropped.stopped).toBe(1);
    });
  });

  it('writes CloudEvents: the bytes as they are, what is known of them as headers', () => {
    const message = made(toMessage({ location: 'Warehouse A', group: 'north', headers: { site: '7' } }), a);
    const id = message.id as string;
    expect(id).toMatch(/^gate\/[0-9a-f-]{36}\/1$/);
    expect(message.value).toBe(a.data);
    expect(message).toMatchObject({ camera: 'gate', key: 'gate', inputOrder: 1, seq: 1, frames: 1, previousOrderHeader: 'ce_previousorder' });
    expect(message.headers).toEqual({
      'ce_specversion': '1.0', 'ce_id': id, 'ce_source': 'rtsp://***@camera.example.com/a%20b', 'ce_type': 'rxcam.frame',
      'ce_time': '2026-01-02T03:04:05.678Z', 'content-type': 'video/h265', 'ce_key': 'gate', 'ce_seq': '1', 'ce_inputorder': '1',
      'ce_pts': '40000', 'ce_width': '640', 'ce_height': '360', 'ce_keyframe': 'true', 'ce_codec': 'h265', 'ce_mode': 'frame', 'ce_crf': '23',
      'ce_sha256': createHash('sha256').update('unit 1').digest('hex'), 'ce_location': 'Warehouse A', 'ce_group': 'north', 'site': '7',
    });
  });

  it('states the number of pictures in a chunk', () => {
    const message = made(toMessage({ key: 'k' }), encoded(5, { mode: 'stream', frames: 10, lastSeq: 14 }));
    expect(message.headers).toMatchObject({ ce_type: 'rxcam.chunk', ce_frames: '10', ce_mode: 'stream', ce_key: 'k' });
    expect(message).toMatchObject({ key: 'k', frames: 10, lastSeq: 14 });
  });

  it('takes a function for a format', () => {
    const message = made(toMessage((frame, context) => ({ key: `${context.camera}-x`, value: `${frame.seq}`, headers: { order: String(context.inputOrder) } })), a);
    expect(message).toMatchObject({ key: 'gate-x', value: Buffer.from('1'), headers: { order: '1' } });
    expect(message.previousOrderHeader).toBeUndefined();
  });

  it('names a wrong option', () => {
    expect(() => toMessage({ format: 'xml' as never })).toThrow(InvalidOption);
    expect(() => toMessage({ headers: { ce_id: '1' } })).toThrow("toMessage: option 'headers'");
    expect(() => toMessage({ place: 'x' } as never)).toThrow("unknown option 'place'");
  });
});

/** The message that is made of one frame. */
function made(operator: ReturnType<typeof toMessage>, frame: EncodedFrame): CameraMessage {
  let made: CameraMessage | undefined;
  of(frame).pipe(operator).subscribe((message) => { made = message; });
  return made as CameraMessage;
}
