/** Runs one ffmpeg process that reads a source, and turns its output into events of the engine. */
import type { Readable } from 'node:stream';
import { Observable, type Subscription } from 'rxjs';
import type { EngineContext, EngineEvent } from '../../core/engine/engine.js';
import { DecodeFailed, NoVideo, StreamEnded } from '../../core/errors/errors.js';
import type { ColorInfo, SourceInfo } from '../../core/frame/frame.js';
import { definedOnly } from '../../core/options.js';
import type { Source, SourceInput } from '../../core/source.js';
import { type ChildOutput, runChild } from '../process/index.js';
import { type ChooseStream, type StreamFact, severalStreamsWarning } from '../stream/index.js';
import type { PictureReader } from './picture-events.js';

/** The command to run, and the format of its output. */
export interface SourceProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly input: SourceInput;
  readonly inBulk: boolean;
  readonly source: Source;
  readonly choose: ChooseStream;
  readonly pictures: PictureReader;
}

/** Runs a process that reads a source, and the Observable beside it. Errors with an RxcamError; unsubscribing ends both. */
export function runSourceProcess(options: SourceProcessOptions, context: EngineContext): Observable<EngineEvent> {
  const { path, args, input, inBulk, source, choose, pictures } = options;
  const { script, answered = false, env, beside } = input;
  return new Observable((subscriber) => {
    const { translate, rest } = makeTranslator(choose, pictures);
    const rejections = new Rejections();
    const fail = (error: unknown) => { subscriber.error(error); };
    const emit = (events: readonly EngineEvent[]) => {
      for (const event of events) {
        rejections.add(event);
        subscriber.next(event);
      }
    };
    const end = () => {
      emit(rest());
      rejections.check();
      emit(pictures.end?.() ?? []);
      if (source.endless) throw new StreamEnded(`the live source ended: ${source.address}`);
      subscriber.complete();
    };
    subscriber.add(runChild({
      path, args, env, answered, inBulk, live: source.live, address: source.address, secrets: source.secrets,
      rows: source.stderr, nice: context.process?.nice,
      hold: () => context.hold(),
      attach: (child) => {
        const running = beside?.(child.stdin).subscribe({ error: fail });
        if (script !== undefined || beside === undefined) child.stdin.end(script ?? '');
        // An unchanged picture appears only on stderr.
        const pauses = pausePipes(context.paused$, pictures.line === undefined ? [child.stdout] : [child.stdout, child.stderr]);
        return () => {
          pauses.unsubscribe();
          running?.unsubscribe();
        };
      },
    }).subscribe({
      next: (output) => {
        try {
          emit(translate(output));
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
      complete: () => {
        try {
          end();
        } catch (error) {
          fail(error);
        }
      },
    }));
  });
}

function pausePipes(paused$: Observable<boolean>, pipes: readonly Readable[]): Subscription {
  return paused$.subscribe((paused) => {
    for (const pipe of pipes) {
      if (paused) pipe.pause();
      else pipe.resume();
    }
  });
}

/** Counts rejected access units: a source that ends without an error has failed if none of them could be decoded. */
class Rejections {
  #count = 0;
  #last = '';
  #isCaptured = false;

  add(event: EngineEvent): void {
    if (event.type === 'captured') this.#isCaptured = true;
    if (event.type !== 'rejected') return;
    this.#count++;
    this.#last = event.reason;
  }

  /** @throws DecodeFailed */
  check(): void {
    if (this.#isCaptured || this.#count === 0) return;
    throw new DecodeFailed(`no picture could be decoded: ${this.#count} access units were rejected, the last: ${this.#last}`);
  }
}

/** Decoders that draw any text as pictures. */
const TEXT_CODECS = new Set(['ansi', 'bintext', 'xbin', 'idf']);

/** ffmpeg's message for a picture above `-max_pixels`. */
const TOO_LARGE = /^Picture size \d+x\d+ exceeds specified max pixel count/;

/** Values about pictures, which are held until the description arrives. */
const PICTURE_KINDS: ReadonlySet<ChildOutput['kind']> = new Set(['heartbeat', 'packet', 'seen', 'kept']);

/** Maximum number of values held until the description arrives, which is a moment later or never. */
const MAX_EARLY = 64;

interface Translator {
  /** The events of a value. Throws an RxcamError for a source that can't be used. */
  readonly translate: (output: ChildOutput) => readonly EngineEvent[];
  /** The events of values that are still held. */
  readonly rest: () => readonly EngineEvent[];
}

/** Translates the output of one process. */
function makeTranslator(choose: ChooseStream, pictures: PictureReader): Translator {
  let source: Partial<SourceInfo> = {};
  /** Values read before the description, which comes through another pipe; undefined after it. */
  let early: ChildOutput[] | undefined = [];
  const opened = (streams: readonly StreamFact[]): readonly EngineEvent[] => {
    const stream = choose(streams);
    if (TEXT_CODECS.has(stream.codec)) throw new DecodeFailed(`the source is text (${stream.codec}), not video`);
    const found = sourceInfo(stream);
    pictures.described?.(found);
    source = { ...source, ...found };
    const warnings: EngineEvent[] = streams.length < 2 ? [] : [{ type: 'warning', message: severalStreamsWarning(streams, stream) }];
    const { guessedFps } = stream;
    return [{ type: 'opened', source, ...(guessedFps !== undefined && { guessedFps }) }, ...warnings, ...rest()];
  };
  const rest = (): readonly EngineEvent[] => {
    const waiting = early ?? [];
    early = undefined;
    return waiting.flatMap(translate);
  };
  const translate = (output: ChildOutput): readonly EngineEvent[] => {
    if (early !== undefined && PICTURE_KINDS.has(output.kind)) {
      early.push(output);
      return early.length < MAX_EARLY ? [] : rest();
    }
    switch (output.kind) {
      case 'heartbeat': return pictures.heartbeat(output.pts, output.data);
      case 'packet': return pictures.packet(output.packet, output.stream);
      case 'seen':
      case 'kept': return pictures.line?.(output) ?? [];
      case 'connected': return [{ type: 'connected' }];
      case 'duration': source = { ...source, durationSeconds: output.seconds }; return [];
      case 'streams': return opened(output.streams);
      case 'no-video': throw new NoVideo('the source contains no video');
      case 'size-changed': {
        const { width, height, pixelFormat } = output;
        return [{ type: 'changed', width, height, ...(pixelFormat !== undefined && { pixelFormat }) }];
      }
      case 'problem':
        if (TOO_LARGE.test(output.message)) throw new DecodeFailed(`${output.message.replace(/,.*/, '')}: the option maxPixels raises the limit`);
        return output.message.includes('partial file') ? [{ type: 'warning', message: `the file is incomplete: ${output.message}` }] : [];
      case 'decode-error': return [{ type: 'rejected', reason: output.message }];
      default: return [];
    }
  };
  return { translate, rest };
}

function sourceInfo(fact: StreamFact): Partial<SourceInfo> {
  const { colorRange: range, colorSpace: space, colorPrimaries: primaries, colorTransfer: transfer, ...found } = fact;
  const color: ColorInfo = definedOnly({ range, space, primaries, transfer });
  return { ...found, ...(Object.keys(color).length > 0 && { color }) };
}
