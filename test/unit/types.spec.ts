/** Programs that do not compile: the compiler requires an error where one is expected, and nowhere else. */
import { type Observable, filter, map, tap } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type CameraMessage, type ChangedFrame, type EncodeH265Config, type EncodedFrame, type Frame, type Published, type ReceivedFrame, type ReceivedJpeg,
  type Recorded, type ToMessageConfig, camera, crop, decode, encodeH265, encodeJpeg, memory, passthrough, publish, record, resize, retry, skipRate,
  skipUnchanged, snapshot, subscribe, toMessage, verify,
} from '../../src/index.js';
import { type FleetState, fleet } from '../../src/fleet/entry.js';

const gate = camera('test:');
/** Only compiled. */
const never = (_: () => unknown) => undefined;

describe('orders that are refused', () => {
  it('do not compile: passing through what was thinned, resized or compared', () => {
    never(() => {
      // @ts-expect-error -- its pictures are decoded
      gate.pipe(skipRate(5), passthrough());
      // @ts-expect-error -- its pictures are decoded
      gate.pipe(resize({ width: 320 }), passthrough());
      // @ts-expect-error -- its pictures are decoded
      gate.pipe(skipUnchanged(), passthrough());
      // @ts-expect-error -- its pictures are decoded, with retry at any place
      gate.pipe(skipRate(5), retry(), passthrough());
    });
    expect(() => gate.pipe(skipRate(5), passthrough() as never)).toThrow('passthrough after skipRate given');
  });

  it('do not compile: leaving out what has changed', () => {
    never(() => {
      // @ts-expect-error -- skipRate is before skipUnchanged
      gate.pipe(skipUnchanged(), skipRate(2));
      // @ts-expect-error -- and so it is behind resize
      gate.pipe(skipUnchanged(), resize({ width: 320 }), skipRate(2));
      // @ts-expect-error -- and behind retry
      gate.pipe(skipUnchanged(), retry(), skipRate({ fps: 5 }));
      // @ts-expect-error -- once is enough
      gate.pipe(skipUnchanged(), skipUnchanged());
    });
    expect(() => gate.pipe(skipUnchanged(), skipRate(2) as never)).toThrow('skipRate after skipUnchanged given');
  });

  it('do not compile: pictures after the encoder', () => {
    never(() => {
      // @ts-expect-error -- no pictures come out of an encoder
      gate.pipe(encodeH265(), resize({ width: 320 }));
      // @ts-expect-error -- no pictures come out of an encoder
      gate.pipe(encodeH265(), skipRate(2));
      // @ts-expect-error -- a message is made of what is encoded
      gate.pipe(skipRate(2), toMessage());
    });
    expect(gate.key).toBe('test');
  });

  it('do not compile: encoding, wrapping and publishing twice, too early or too late', () => {
    const broker = memory();
    const crop$ = crop({ left: 0, top: 0, width: 0.5, height: 1 });
    never(() => {
      // @ts-expect-error -- it is encoded already
      gate.pipe(encodeH265(), encodeJpeg());
      // @ts-expect-error -- it is encoded already
      gate.pipe(encodeJpeg(), encodeH265({ mode: 'stream' }));
      // @ts-expect-error -- only a camera's own access units are passed through
      gate.pipe(encodeJpeg(), passthrough());
      // @ts-expect-error -- no pictures come out of an encoder
      gate.pipe(encodeH265(), crop$);
      // @ts-expect-error -- nor out of the camera's own
      gate.pipe(passthrough(), skipUnchanged());
      // @ts-expect-error -- a message is made once
      gate.pipe(encodeH265(), toMessage(), toMessage());
      // @ts-expect-error -- a message is published, not an access unit
      gate.pipe(encodeH265(), publish(broker, { topic: 't' }));
      // @ts-expect-error -- nor a picture
      gate.pipe(publish(broker, { topic: 't' }));
      // @ts-expect-error -- what is published is an acknowledgement
      gate.pipe(encodeH265(), toMessage(), publish(broker, { topic: 't' }), publish(broker, { topic: 'u' }));
    });
    expect(() => gate.pipe(encodeH265(), encodeJpeg() as never)).toThrow();
  });

  it('do not compile: reading, in another order than verify, then decode or record', () => {
    const read$ = subscribe(memory(), { topic: 't' });
    never(() => {
      // @ts-expect-error -- a picture has no number that could be missing
      read$.pipe(decode(), verify());
      // @ts-expect-error -- access units are recorded, not pictures
      read$.pipe(decode(), record('recordings'));
      // @ts-expect-error -- it is decoded already
      read$.pipe(decode(), decode());
      // @ts-expect-error -- messages come from a broker
      gate.pipe(verify());
      // @ts-expect-error -- pictures of a camera are decoded
      gate.pipe(decode());
      // @ts-expect-error -- messages are recorded
      gate.pipe(record('recordings'));
      // @ts-expect-error -- one picture of a camera, before any step
      void snapshot(gate.pipe(resize({ width: 320 }), encodeH265(), toMessage()));
    });
    expect(read$.stats.received).toBe(0);
  });
});

describe('options that are refused', () => {
  it('do not compile: stream mode in frame mode', () => {
    // @ts-expect-error -- gop is for mode: 'stream'
    expect(() => encodeH265({ gop: 5 })).toThrow("gop and chunk are for mode: 'stream'");
    // @ts-expect-error -- gop is for mode: 'stream'
    expect(() => encodeH265({ mode: 'frame', gop: 5 })).toThrow("gop and chunk are for mode: 'stream'");
    // @ts-expect-error -- chunk is for mode: 'stream'
    expect(() => encodeH265({ crf: 20, chunk: 'gop' })).toThrow("gop and chunk are for mode: 'stream'");
    // @ts-expect-error -- reuse is for mode: 'stream'
    expect(() => encodeH265({ reuse: true })).toThrow("expected mode: 'stream'");
  });

  it('do not compile: those of another format', () => {
    // @ts-expect-error -- matrice has no headers
    expect(() => toMessage({ format: 'matrice', headers: { site: '7' } })).toThrow("option 'headers'");
    // @ts-expect-error -- serviceId is for matrice
    expect(() => toMessage({ serviceId: 's' })).toThrow("option 'serviceId'");
    // @ts-expect-error -- stripInputContent is for matrice
    expect(() => toMessage({ format: 'cloudevents', stripInputContent: true })).toThrow("option 'stripInputContent'");
  });
});

describe('what is right', () => {
  it('compiles, on the way back', () => {
    const read$ = subscribe(memory(), { topic: 't' });
    expectTypeOf(read$.pipe(verify(), decode())).toEqualTypeOf<Observable<ReceivedFrame>>();
    expectTypeOf(read$.pipe(decode({ pixelFormat: 'jpeg' }))).toEqualTypeOf<Observable<ReceivedJpeg>>();
    expectTypeOf(read$.pipe(decode({ pixelFormat: 'rgb24' }), skipRate(2), resize({ width: 320 }), encodeH265(), toMessage())).toEqualTypeOf<Observable<CameraMessage>>();
    expectTypeOf(read$.pipe(verify(), record('recordings'))).toEqualTypeOf<Observable<Recorded>>();
    expectTypeOf(fleet<{ source: string }>).parameter(0).toHaveProperty('run').parameter(0).toEqualTypeOf<{ source: string }>();
    expectTypeOf(fleet).returns.toEqualTypeOf<Observable<FleetState>>();
    expect(read$.stats.received).toBe(0);
  });

  it('compiles, with retry anywhere and operators of RxJS between', () => {
    const interesting = filter((frame: Frame) => frame.seq % 2 === 0);
    const broker = memory();
    const all = () => [
      gate.pipe(passthrough()), gate.pipe(retry(), passthrough({ chunk: 'gop' })),
      gate.pipe(retry(), skipRate(5), resize({ width: 320 }), skipUnchanged(), encodeH265()),
      gate.pipe(skipRate({ fps: 5 }), skipUnchanged(), resize({ width: 320 }), retry(), encodeJpeg()),
      gate.pipe(resize({ width: 320 }), skipRate(2), skipRate(2), encodeH265({ mode: 'stream', gop: 5, chunk: { frames: 5 }, reuse: true }), retry()),
      gate.pipe(interesting, skipRate(2), tap(), encodeH265({ mode: 'frame', gop: undefined })),
      gate.pipe(skipRate(2), map((frame) => ({ ...frame })), resize({ width: 320 }), filter(() => true), encodeH265()),
      gate.pipe(skipRate(2), interesting, skipUnchanged(), tap(), resize({ height: 90 }), encodeH265()),
    ];
    expectTypeOf(all).returns.toExtend<Observable<EncodedFrame>[]>();
    const messages$ = gate.pipe(encodeH265(), toMessage({ format: 'matrice', serviceId: 's', location: 'here' }), publish(broker, { topic: 't' }), retry());
    expectTypeOf(messages$).toEqualTypeOf<Observable<Published>>();
    expectTypeOf(gate.pipe(encodeH265(), toMessage({ headers: { site: '7' } }))).toEqualTypeOf<Observable<CameraMessage>>();
    expect(all()).toHaveLength(8);
  });

  it('compiles with steps that are chosen, and with options in variables', () => {
    const isThin = gate.key === 'test' as string;
    const thinned$: Observable<Frame> = isThin ? gate.pipe(skipRate(2)) : gate;
    const sized$ = isThin ? thinned$.pipe(resize({ width: 320 })) : thinned$;
    const changed$ = isThin ? sized$.pipe(skipUnchanged()) : sized$;
    const mode = isThin ? 'frame' : 'stream';
    const config: EncodeH265Config = { mode: 'stream', gop: 10 };
    const message: ToMessageConfig = { format: 'matrice', serviceId: 's' };
    expectTypeOf(changed$.pipe(encodeH265({ mode, crf: 20 }))).toEqualTypeOf<Observable<EncodedFrame>>();
    expectTypeOf(changed$.pipe(encodeH265(config), toMessage(message))).toEqualTypeOf<Observable<CameraMessage>>();
    expectTypeOf(gate.pipe(skipUnchanged(), resize({ width: 320 }))).toEqualTypeOf<Observable<ChangedFrame>>();
    expect(isThin).toBe(true);
  });
});
