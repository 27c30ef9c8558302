/** Turns what comes out of an engine into the values that users see, grouped into chunks where asked, and hands them over. */
import type { Subscriber } from 'rxjs';
import { type Account, Ticket, handOver } from '../../ledger/index.js';
import { ACCOUNTS } from '../../core/frame/accounted.js';
import type { EngineOutput } from '../../core/engine/engine.js';
import { OUTBOX } from '../../core/defaults/defaults.js';
import type { DropCause } from '../../core/events.js';
import type { Codec, EncodedFrame, Frame, Origin, PixelFormat } from '../../core/frame/frame.js';
import type { ChangeRule } from '../../core/pictures/comparison.js';
import { type Chunk, type UnitStep, ruleOf } from '../../core/steps/index.js';
import { COPY, type Plan, changeRule, unitStep } from '../../core/plan/plan.js';
import { type SkipRule, rateAfter } from '../../core/pictures/skip.js';

/** A picture that was kept: its account, and what its value will say of it. */
export interface Kept {
  readonly ticket: Ticket;
  /** What its value carries: the ticket's accounts, and copies of others. */
  readonly accounts: readonly Account[];
  readonly origin: OriginFacts;
}

type OriginFacts = Pick<Origin, 'camera' | 'run' | 'seq' | 'pts' | 'capturedAt' | 'source' | 'fps'>;

/** Where the values come from that steps with these rules make of `from`. */
export function originOf(from: OriginFacts, rules: readonly SkipRule[]): OriginFacts {
  const { camera, run, seq, pts, capturedAt, source } = from;
  const fps = rateAfter(rules, from.fps ?? source?.fps);
  return { camera, run, seq, pts, capturedAt, ...(source && { source }), ...(fps !== undefined && { fps }) };
}

/** A keyframe is forced up to half a millisecond before its time. */
const KEYFRAME_TOLERANCE_US = 500;

const NOTHING = Buffer.alloc(0);

interface Part { readonly kept: Kept; readonly unit: EncodedFrame }
export class Outlet {
  #group: Part[] = [];
  #groupBytes = 0;
  #encoder = '';
  /** The last access unit, where unchanged pictures refer to it. */
  #full: EncodedFrame | undefined;
  /** Whether access units that are copied can be decoded: a keyframe has come, here or in an attempt that this one follows. */
  #hasKeyframe: boolean;
  /** When the GOP began: `capturedAt` of its keyframe. */
  keyframeAt: number | undefined;
  readonly #step: UnitStep | undefined;
  readonly #unchanged: ChangeRule | undefined;

  /** @param isResumed - whether what comes first follows what came last before: a file that is taken up */
  constructor(readonly subscriber: Subscriber<Frame | EncodedFrame>, plan: Plan, isResumed = false) {
    this.#step = unitStep(plan);
    this.#unchanged = changeRule(plan);
    this.#hasKeyframe = isResumed;
  }

  /** Encoder in use, told by the engine. Another one starts a new GOP. */
  set encoder(name: string) {
    if (name !== this.#encoder) this.flush();
    this.#encoder = name;
  }

  /** Whether the source's own access units come, in decoding order. */
  get isCopy(): boolean {
    return this.#encoder === COPY;
  }

  push(kept: Kept, output: EngineOutput): void {
    if (this.#step === undefined) this.#raw(kept, output);
    else this.#encoded(this.#step, kept, output);
  }

  /** A picture is unchanged: what refers to the last full one is handed over, if that is asked for. */
  unchanged({ ticket, accounts, origin }: Kept, similarity: number | undefined): void {
    const full = this.#full;
    if (full === undefined || similarity === undefined || this.#unchanged === undefined) {
      ticket.skip('unchanged');
      return;
    }
    const { threshold } = this.#unchanged;
    const reference: EncodedFrame = {
      ...full, ...origin, keyframe: false, lastSeq: origin.seq, encodeMs: 0, data: NOTHING, [ACCOUNTS]: accounts,
      ...(full.mode === 'stream' && this.keyframeAt !== undefined && { keyframeAt: this.keyframeAt }),
      unchanged: { similarity, threshold, reference: { seq: full.seq, data: full.data } },
    };
    ticket.refer('handover');
    handOver(ticket, () => { this.subscriber.next(reference); });
  }

  /** Hands over the chunk that is begun: it starts at a keyframe, so it is whole in itself. */
  flush(): void {
    const group = this.#taken();
    if (group.length > 0) this.#hand(join(group), new Ticket(group.flatMap((part) => [...part.kept.ticket.accounts])));
  }

  /** Gives up the chunk that is begun. */
  drop(cause: DropCause): void {
    for (const part of this.#taken()) part.kept.ticket.drop(cause);
  }

  #taken(): Part[] {
    const group = this.#group;
    this.#group = [];
    this.#groupBytes = 0;
    return group;
  }

  #raw(kept: Kept, output: EngineOutput): void {
    const { width, height, data, format } = output;
    const size = { width, height, ...shapeOf(output) };
    this.#hand({ ...kept.origin, ...size, pixelFormat: format as PixelFormat, data, [ACCOUNTS]: kept.accounts }, kept.ticket);
  }

  #encoded(step: UnitStep, kept: Kept, output: EngineOutput): void {
    const { width, height, data, keyframe } = output;
    this.#hasKeyframe ||= keyframe;
    if (this.isCopy && !this.#hasKeyframe) {
      kept.ticket.drop('gop');
      return;
    }
    const encodeMs = kept.ticket.ageMs();
    const facts = { codec: output.format as Codec, bytes: data.length, keyframe, width, height };
    kept.ticket.encoded(facts, step.chunk === undefined ? 'handover' : 'encoder', encodeMs);
    if (keyframe) this.keyframeAt = kept.origin.capturedAt;
    const { keyframeAt } = this;
    const unit: EncodedFrame = {
      ...kept.origin, width, height, ...shapeOf(output),
      codec: output.format as Codec, mode: step.mode, keyframe, frames: 1, lastSeq: kept.origin.seq,
      ...(!this.isCopy && ruleOf(step).setting(step)), encoder: this.#encoder, encodeMs, data, [ACCOUNTS]: kept.accounts,
      ...(!keyframe && keyframeAt !== undefined && { keyframeAt }), ...(output.hidden === true && { hidden: 1 }),
    };
    if (this.#unchanged?.references === true) this.#full = unit;
    if (step.chunk === undefined) this.#hand(unit, kept.ticket);
    else this.#collect(step, step.chunk, { kept, unit });
  }

  #collect(step: UnitStep, chunk: Chunk, part: Part): void {
    if (part.unit.keyframe && isFull(chunk, this.#group, part, this.isCopy)) this.flush();
    // Whoever had enough with that chunk takes no more.
    if (this.subscriber.closed) { part.kept.ticket.drop('stopped'); return; }
    this.#group.push(part);
    this.#groupBytes += part.unit.data.length;
    if (this.isCopy) this.#bound();
    else if (this.#group.length >= limitOf(chunk, step)) this.flush();
  }

  /** A source may make no keyframe for minutes: what no outbox would take is not collected, and what depends on it goes with it. */
  #bound(): void {
    if (this.#groupBytes <= OUTBOX.maxBytes) return;
    this.drop('too-large');
    this.#hasKeyframe = false;
  }

  #hand(value: Frame | EncodedFrame, ticket: Ticket): void {
    ticket.move('handover');
    handOver(ticket, () => { this.subscriber.next(value); });
  }
}

/** Shape of the pixels, and how the picture is turned, where there is something to say. */
function shapeOf({ sampleAspectRatio, rotation }: EngineOutput): Pick<EncodedFrame, 'sampleAspectRatio' | 'rotation'> {
  return { ...(sampleAspectRatio !== undefined && { sampleAspectRatio }), ...(rotation !== undefined && { rotation }) };
}

/** Frames after which a chunk ends; an encoder starts a GOP there, a source need not. */
function limitOf(chunk: Chunk, step: UnitStep): number {
  if (chunk === 'gop') return ruleOf(step).gop(step);
  return 'frames' in chunk ? chunk.frames : Infinity;
}

/** At a keyframe: whether the chunk before it ends. */
function isFull(chunk: Chunk, group: readonly Part[], next: Part, isCopy: boolean): boolean {
  const first = group[0];
  if (first === undefined) return false;
  if (chunk === 'gop') return true;
  if ('frames' in chunk) return !isCopy || group.length >= chunk.frames;
  return next.unit.pts - first.unit.pts >= chunk.ms * 1000 - KEYFRAME_TOLERANCE_US;
}

function join(group: readonly Part[]): EncodedFrame {
  const first = group[0] as Part;
  const last = group.at(-1) as Part;
  const hidden = group.reduce((count, part) => count + (part.unit.hidden ?? 0), 0);
  return {
    ...first.unit,
    frames: group.length,
    lastSeq: last.unit.lastSeq,
    ...(group.length > 1 && { pictures: group.map(({ unit: { seq, pts, capturedAt } }) => ({ seq, pts, capturedAt })) }),
    encodeMs: last.unit.encodeMs,
    ...(hidden > 0 && { hidden }),
    data: Buffer.concat(group.map((part) => part.unit.data)),
    [ACCOUNTS]: group.flatMap((part) => part.kept.accounts),
  };
}
