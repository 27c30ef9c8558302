/** traced(): creates OpenTelemetry spans from events. */
import { type Attributes, ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { z } from 'zod';
import { TRACING } from '../../core/defaults/monitoring.js';
import type { CameraEvent, FrameEventBase, Place } from '../../core/events.js';
import { options, parseOptions } from '../../core/options.js';

/** Options of {@link traced}. */
export interface TracedConfig {
  /** Share of pictures that get a span, 0 to 1. Default 0.01. They are evenly spread, and the same in every run. */
  readonly sample?: number | undefined;
}

const schema = options({ sample: z.number().min(0).max(1).default(TRACING.sample) });

type FrameEvent = Extract<CameraEvent, FrameEventBase>;

/**
 * Creates spans from the events of a camera, and passes the events on. Spans begin and end at the times of the events, so nothing
 * is measured twice. A sampled picture costs its spans, any other a comparison.
 *
 * Each sampled picture is one trace: the span `rxcam.frame` from its capture to its acknowledgement or drop, with a child for
 * each place where it was (`rxcam.encoder`, `rxcam.outbox`, `rxcam.request` …). Each attempt to capture is a span `rxcam.attempt`
 * with the source's properties, until the failure that ended it.
 *
 * Passes errors and completion on. Unsubscribing ends open spans.
 *
 * @example
 * ```ts
 * traced(gate.events$, trace.getTracer('rxcam'), { sample: 0.001 }).subscribe();
 * ```
 * @param tracer - a tracer of `@opentelemetry/api`
 * @throws InvalidOption for a sample below 0 or above 1
 */
export function traced(events$: Observable<CameraEvent>, tracer: Tracer, config: TracedConfig = {}): Observable<CameraEvent> {
  const { sample } = parseOptions('traced', schema, config);
  return new Observable((subscriber) => {
    const traces = new Traces(tracer, sample);
    subscriber.add(() => { traces.end(); });
    subscriber.add(events$.subscribe({
      next: (event) => {
        traces.add(event);
        subscriber.next(event);
      },
      error: (error: unknown) => { subscriber.error(error); },
      complete: () => { subscriber.complete(); },
    }));
  });
}

/** An open picture: the span of its trace, its place, and the time when it arrived there. */
interface OpenPicture { readonly span: Span; place: Place; since: number }

class Traces {
  readonly #pictures = new Map<string, OpenPicture>();
  readonly #attempts = new Map<string, Span>();

  constructor(readonly tracer: Tracer, readonly sample: number) {}

  add(event: CameraEvent): void {
    if ('frames' in event) {
      // One event may be about many pictures; skips the search if no sampled picture is open.
      if (event.type === 'captured') this.#captured(event);
      else if (this.#pictures.size > 0) for (let seq = event.seq; seq < event.seq + event.frames; seq++) this.#picture(`${event.camera}/${event.run}/${seq}`, event);
    } else this.#stateEvent(event);
  }

  end(): void {
    for (const { span } of this.#pictures.values()) span.end();
    for (const span of this.#attempts.values()) span.end();
    this.#pictures.clear();
    this.#attempts.clear();
  }

  #captured({ camera, run, seq, pts, to, at }: Extract<FrameEvent, { type: 'captured' }>): void {
    if (Math.floor(seq * this.sample) === Math.floor((seq - 1) * this.sample)) return;
    if (this.#pictures.size >= TRACING.maxOpen) this.#forgetOldest();
    const attributes = { 'rxcam.camera': camera, 'rxcam.run': run, 'rxcam.seq': seq, 'rxcam.pts_us': pts };
    const span = this.tracer.startSpan('rxcam.frame', { startTime: new Date(at), attributes }, ROOT_CONTEXT);
    this.#pictures.set(`${camera}/${run}/${seq}`, { span, place: to, since: at });
  }

  #picture(id: string, event: Exclude<FrameEvent, { type: 'captured' }>): void {
    const picture = this.#pictures.get(id);
    if (picture === undefined || event.type === 'duplicate' || event.type === 'returned') return;
    this.#left(picture, event.at);
    picture.span.setAttributes(attributesOf(event));
    if ('to' in event) {
      picture.place = event.to;
      picture.since = event.at;
      return;
    }
    if (event.type === 'dropped') picture.span.setStatus({ code: SpanStatusCode.ERROR, message: event.error?.message ?? `dropped: ${event.cause}` });
    picture.span.end(new Date(event.at));
    this.#pictures.delete(id);
  }

  /** Records the span of the place that the picture leaves. */
  #left({ span, place, since }: OpenPicture, at: number): void {
    const parent = trace.setSpan(ROOT_CONTEXT, span);
    this.tracer.startSpan(`rxcam.${place}`, { startTime: new Date(since) }, parent).end(new Date(at));
  }

  /** Bounds the memory for pictures that user code never finishes. */
  #forgetOldest(): void {
    for (const [id, { span }] of this.#pictures) {
      span.end();
      this.#pictures.delete(id);
      return;
    }
  }

  #stateEvent(event: Exclude<CameraEvent, FrameEvent>): void {
    const id = `${event.camera}/${event.run}`;
    const at = new Date(event.at);
    const span = this.#attempts.get(id);
    switch (event.type) {
      case 'connecting': {
        span?.end(at);
        const attributes = { 'rxcam.camera': event.camera, 'rxcam.run': event.run, 'rxcam.attempt': event.attempt, 'rxcam.address': event.address };
        this.#attempts.set(id, this.tracer.startSpan('rxcam.attempt', { startTime: at, attributes }, ROOT_CONTEXT));
        return;
      }
      case 'failed':
        span?.recordException(event.error, at);
        span?.setStatus({ code: SpanStatusCode.ERROR, message: event.error.message }).setAttribute('rxcam.error', event.error.code).end(at);
        this.#attempts.delete(id);
        return;
      case 'stopped':
        span?.setAttribute('rxcam.stopped', event.reason).end(at);
        this.#attempts.delete(id);
        return;
      case 'opened': span?.addEvent('opened', sourceOf(event.source), at); return;
      case 'recovered': span?.addEvent('recovered', { 'rxcam.downtime_ms': event.downtimeMs }, at); return;
      case 'readFailure': span?.addEvent('read failure', { 'rxcam.reason': event.reason }, at); return;
      case 'encoder': span?.addEvent('encoder', { 'rxcam.encoder': event.encoder, 'rxcam.hardware': event.hardware, 'rxcam.reason': event.reason }, at); return;
      case 'warning': span?.addEvent('warning', { 'rxcam.message': event.message }, at); return;
      default:
    }
  }
}

function sourceOf({ kind, codec, width, height, fps }: Extract<CameraEvent, { type: 'opened' }>['source']): Attributes {
  return {
    'rxcam.source': kind, ...(codec !== undefined && { 'rxcam.codec': codec }), ...(fps !== undefined && { 'rxcam.fps': fps }),
    ...(width !== undefined && height !== undefined && { 'rxcam.size': `${width}x${height}` }),
  };
}

function attributesOf(event: FrameEvent): Attributes {
  switch (event.type) {
    case 'encoded': return { 'rxcam.codec': event.codec, 'rxcam.bytes': event.bytes, 'rxcam.keyframe': event.keyframe };
    case 'published': return {
      'rxcam.outcome': 'published', 'messaging.destination.name': event.topic, 'rxcam.input_order': event.inputOrder, 'rxcam.message_bytes': event.bytes,
    };
    case 'skipped': return { 'rxcam.outcome': 'skipped', 'rxcam.cause': event.reason };
    case 'dropped': return { 'rxcam.outcome': 'dropped', 'rxcam.cause': event.cause };
    case 'delivered': return { 'rxcam.outcome': 'delivered' };
    default: return {};
  }
}
