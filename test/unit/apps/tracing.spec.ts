/** Spans out of events, by OpenTelemetry's own SDK: what a picture was, where it was for how long, and why an attempt ended. */
import { SpanStatusCode } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NEVER, Subject, asyncScheduler, concat, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeCamera, marbles } from '../../../marbles/kit/index.js';
import { encodeH265, publish, retry, toMessage } from '../../../operators/index.js';
import { traced } from '../../../src/apps/tracing/index.js';
import { memory } from '../../../src/broker/index.js';
import { InvalidOption } from '../../../src/core/errors/errors.js';
import type { CameraEvent, EventBody } from '../../../src/core/events.js';

function tracing() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer('rxcam'), spans: (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name) };
}

const ms = ([seconds, nanos]: ReadableSpan['startTime']) => Math.round(seconds * 1_000 + nanos / 1e6);
const event = (body: EventBody, at: number): CameraEvent => ({ camera: 'gate', run: 1, at, ...body });

describe('traced', () => {
  it('makes a trace of each sampled picture, with a child for each place where it was', () => {
    const { tracer, spans } = tracing();
    const one = { seq: 1, frames: 1 };
    const events = [
      event({ type: 'captured', ...one, pts: 40_000, to: 'encoder' }, 1_000),
      event({ type: 'encoded', ...one, from: 'encoder', to: 'handover', codec: 'h265', bytes: 700, keyframe: true, processMs: 12, width: 64, height: 48 }, 1_012),
      event({ type: 'moved', ...one, from: 'handover', to: 'outbox' }, 1_012),
      event({ type: 'moved', ...one, from: 'outbox', to: 'request' }, 1_020),
      event({ type: 'published', ...one, from: 'request', inputOrder: 1, topic: 't', key: 'gate', bytes: 700, writeMs: 5, latencyMs: 25 }, 1_025),
    ];
    const passed: CameraEvent[] = [];
    traced(from(events), tracer, { sample: 1 }).subscribe((each) => passed.push(each));
    expect(passed).toEqual(events);
    const [picture] = spans('rxcam.frame');
    expect(picture?.attributes).toMatchObject({ 'rxcam.camera': 'gate', 'rxcam.seq': 1, 'rxcam.outcome': 'published', 'rxcam.bytes': 700, 'messaging.destination.name': 't' });
    expect([picture?.startTime, picture?.endTime].map((time) => time && ms(time))).toEqual([1_000, 1_025]);
    const places = ['encoder', 'handover', 'outbox', 'request'].map((place) => spans(`rxcam.${place}`)[0]);
    expect(places.map((span) => span && [ms(span.startTime), ms(span.endTime)])).toEqual([[1_000, 1_012], [1_012, 1_012], [1_012, 1_020], [1_020, 1_025]]);
    expect(places.map((span) => span?.parentSpanContext?.spanId)).toEqual(Array(4).fill(picture?.spanContext().spanId));
    expect(picture?.parentSpanContext).toBeUndefined();
  });

  it('marks what is dropped as an error with its cause, each picture of a chunk', () => {
    const { tracer, spans } = tracing();
    traced(from([
      ...[1, 2, 3].map((seq) => event({ type: 'captured', seq, frames: 1, pts: 0, to: 'encoder' }, seq)),
      event({ type: 'dropped', seq: 1, frames: 3, from: 'encoder', cause: 'capture-lost' }, 9),
    ]), tracer, { sample: 1 }).subscribe();
    expect(spans('rxcam.frame').map(({ status, attributes }) => [status.code, attributes['rxcam.cause']])).toEqual(Array(3).fill([SpanStatusCode.ERROR, 'capture-lost']));
  });

  it.each([[0, 0], [0.01, 1], [0.25, 25], [1, 100]])('samples a share of %d: %d of 100, evenly spread', (sample, expected) => {
    const { tracer, spans } = tracing();
    traced(from(Array.from({ length: 100 }, (_, index) => [
      event({ type: 'captured', seq: index + 1, frames: 1, pts: 0, to: 'encoder' }, index), event({ type: 'skipped', seq: index + 1, frames: 1, from: 'encoder', reason: 'rate' }, index),
    ]).flat()), tracer, { sample }).subscribe();
    expect(spans('rxcam.frame')).toHaveLength(expected);
  });

  it('makes a span of each attempt of a camera that fails and recovers, and ends what is open when it is unsubscribed', () => {
    const { tracer, spans } = tracing();
    marbles(({ flush }) => {
      const gate = fakeCamera(['o f f R', 'o f f f'], { key: 'gate' });
      const traces = traced(gate.events$, tracer, { sample: 1 }).subscribe();
      const running = gate.pipe(encodeH265(), toMessage(), publish(memory(), { topic: 't' }), retry({ initialMs: 1_000 })).subscribe();
      asyncScheduler.schedule(() => {
        running.unsubscribe();
        traces.unsubscribe();
      }, 1_500);
      flush();
    });
    const [first, second] = spans('rxcam.attempt');
    expect(first?.status.code).toBe(SpanStatusCode.ERROR);
    expect(first?.attributes).toMatchObject({ 'rxcam.attempt': 1, 'rxcam.error': 'SOURCE_REFUSED' });
    expect(first?.events.map(({ name }) => name)).toEqual(expect.arrayContaining(['opened', 'exception']));
    expect(second?.attributes).toMatchObject({ 'rxcam.attempt': 2 });
    expect(second?.events.map(({ name }) => name)).toContain('recovered');
    expect(spans('rxcam.frame').every(({ ended }) => ended)).toBe(true);
    expect(spans('rxcam.frame').length).toBeGreaterThan(3);
  });

  it('keeps a bounded number of pictures that come to no end, and ends them when it is unsubscribed', () => {
    const { tracer, spans } = tracing();
    const captured = Array.from({ length: 10_050 }, (_, index) => event({ type: 'captured', seq: index + 1, frames: 1, pts: 0, to: 'encoder' }, index));
    const traces = traced(concat(from(captured), NEVER), tracer, { sample: 1 }).subscribe();
    expect(spans('rxcam.frame')).toHaveLength(50);
    traces.unsubscribe();
    expect(spans('rxcam.frame')).toHaveLength(10_050);
  });

  it('passes errors and completion, and refuses a share that is none', () => {
    const { tracer } = tracing();
    const source = new Subject<CameraEvent>();
    let seen: unknown;
    traced(source, tracer).subscribe({ error: (error: unknown) => { seen = error; } });
    source.error('bug');
    expect(seen).toBe('bug');
    expect(() => traced(source, tracer, { sample: 2 })).toThrow(InvalidOption);
  });
});
