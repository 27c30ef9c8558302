/** Turns what comes out of an engine into the values that users see, grouped into chunks where asked, and hands them over. */
import type { Subscriber } from 'rxjs';
import { ACCOUNTS, type Account, Ticket, handOver } from './account.js';
import type { EngineOutput } from './engine.js';
import type { DropCause } from './events.js';
import type { Codec, EncodedFrame, Frame, Origin, PixelFormat } from './frame.js';
import type { Chunk, EncodeStep } from './plan.js';
import { type SkipRule, rateAfter } from './skip.js';

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

interface Part { readonly kept: Kept; readonly unit: EncodedFrame }

export class Outlet {
  #group: Part[] = [];
  /** Name of the encoder in use, told by the engine. */
  encoder = '';

  constructor(readonly subscriber: Subscriber<Frame | EncodedFrame>, readonly step: EncodeStep | undefined) {}

  push(kept: Kept, output: EngineOutput): void {
    if (this.step === undefined) this.#raw(kept, output);
    else this.#encoded(this.step, kept, output);
  }

  /** Hands over the chunk that is begun: it starts at a keyframe, so it is whole in itself. */
  flush(): void {
    const group = this.#group;
    this.#group = [];
    if (group.length > 0) this.#hand(join(group), new Ticket(group.flatMap((part) => [...part.kept.ticket.accounts])));
  }

  /** Gives up the chunk that is begun. */
  drop(cause: DropCause): void {
    for (const part of this.#group) part.kept.ticket.drop(cause);
    this.#group = [];
  }

  #raw(kept: Kept, output: EngineOutput): void {
    const { width, height, data, format } = output;
    this.#hand({ ...kept.origin, width, height, pixelFormat: format as PixelFormat, data, [ACCOUNTS]: kept.accounts }, kept.ticket);
  }

  #encoded(step: EncodeStep, kept: Kept, output: EngineOutput): void {
    const { width, height, data, keyframe } = output;
    const to = step.chunk === undefined ? 'handover' : 'encoder';
    const encodeMs = kept.ticket.ageMs();
    kept.ticket.encoded({ codec: output.format as Codec, bytes: data.length, keyframe, width, height, to });
    const unit: EncodedFrame = {
      ...kept.origin, width, height, codec: output.format as Codec, mode: step.mode, keyframe, frames: 1, lastSeq: kept.origin.seq,
      ...settingOf(step), encoder: this.encoder, encodeMs, data, [ACCOUNTS]: kept.accounts,
    };
    if (step.chunk === undefined) this.#hand(unit, kept.ticket);
    else this.#collect(step, step.chunk, { kept, unit });
  }

  #collect(step: EncodeStep, chunk: Chunk, part: Part): void {
    if (part.unit.keyframe && isFull(chunk, this.#group, part)) this.flush();
    // Whoever had enough with that chunk takes no more.
    if (this.subscriber.closed) { part.kept.ticket.drop('stopped'); return; }
    this.#group.push(part);
    const limit = chunk === 'gop' ? ('gop' in step ? step.gop : Infinity) : 'frames' in chunk ? chunk.frames : Infinity;
    if (this.#group.length >= limit) this.flush();
  }

  #hand(value: Frame | EncodedFrame, ticket: Ticket): void {
    ticket.move('handover');
    handOver(ticket, () => { this.subscriber.next(value); });
  }
}

/** What a consumer is told of how well it was encoded. */
function settingOf(step: EncodeStep): Pick<EncodedFrame, 'crf' | 'quality'> {
  return step.codec === 'h265' ? { crf: step.crf } : { quality: step.quality };
}

/** At a keyframe: whether the chunk before it ends. */
function isFull(chunk: Chunk, group: readonly Part[], next: Part): boolean {
  const first = group[0];
  if (first === undefined) return false;
  return chunk === 'gop' || 'frames' in chunk || next.unit.pts - first.unit.pts >= chunk.ms * 1000 - KEYFRAME_TOLERANCE_US;
}

function join(group: readonly Part[]): EncodedFrame {
  const first = group[0] as Part;
  const last = group.at(-1) as Part;
  return {
    ...first.unit,
    frames: group.length,
    lastSeq: last.unit.lastSeq,
    encodeMs: last.unit.encodeMs,
    data: Buffer.concat(group.map((part) => part.unit.data)),
    [ACCOUNTS]: group.flatMap((part) => part.kept.accounts),
  };
}
