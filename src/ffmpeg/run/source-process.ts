/** One ffmpeg process that reads a source, from start to end, as events of the engine. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { EMPTY, type MonoTypeOperatorFunction, type Observable, Subject, concat, defer, finalize, merge, tap, throwError } from 'rxjs';
import type { EngineContext, EngineEvent, EngineOutput } from '../../core/engine/engine.js';
import { DecodeFailed, NoVideo, StreamEnded } from '../../core/errors/errors.js';
import type { Codec, ColorInfo, PixelFormat, SourceInfo } from '../../core/frame/frame.js';
import { definedOnly } from '../../core/options.js';
import type { Size } from '../../core/pictures/size.js';
import type { Source, SourceInput } from '../../core/source.js';
import { type ChildOutput, runChild } from '../process/index.js';
import { type Choose, type StreamFact, mapEach, toldOf } from '../stream/index.js';
import { type NutPacket, type NutStream, shownOf } from '../nut/index.js';
import type { PictureLine } from '../command/index.js';

/** The command to run, and the format of its output. */
export interface SourceProcessOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly input: SourceInput;
  readonly inBulk: boolean;
  readonly source: Source;
  readonly choose: Choose;
  readonly pictures: Pictures;
}

/** Makes events of the data from a child's pipes. */
export interface Pictures {
  /** A picture was decoded; `pts` in µs, `data` a small picture of it. */
  heartbeat(pts: number, data: Buffer): readonly EngineEvent[];
  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[];
  /** Called with the source's description; throws an RxcamError for a source that can't be used. */
  described?(source: Partial<SourceInfo>): void;
  /** A line of the comparison on stderr. If present, stderr is paused together with the other pipes. */
  line?(line: PictureLine): readonly EngineEvent[];
  /** The process has ended without an error, and all of its output is read. */
  end?(): readonly EngineEvent[];
}

/** Events of a process that reads a source. */
export function runSourceProcess(options: SourceProcessOptions, context: EngineContext): Observable<EngineEvent> {
  const { path, args, input, inBulk, source, choose, pictures } = options;
  const piped = (child: ChildProcessWithoutNullStreams) => (pictures.line === undefined ? [child.stdout] : [child.stdout, child.stderr]);
  const { script, answered = false, env, beside } = input;
  const broken = new Subject<never>();
  const child$ = runChild({
    path, args, env, answered, inBulk, live: source.live, address: source.address, secrets: source.secrets,
    rows: source.stderr, nice: context.process?.nice,
    hold: () => context.hold(),
    attach: (child) => {
      // eslint-disable-next-line rxjs-x/no-subscribe-in-pipe -- inside the producer that the pipe begins with
      const running = beside?.(child.stdin).subscribe({ error: (error: unknown) => { broken.error(error); } });
      if (script !== undefined || beside === undefined) child.stdin.end(script ?? '');
      // eslint-disable-next-line rxjs-x/no-subscribe-in-pipe -- inside the producer that the pipe begins with
      const pausing = context.paused$.subscribe((paused) => {
        // An unchanged picture appears only on stderr.
        for (const pipe of piped(child)) {
          if (paused) pipe.pause();
          else pipe.resume();
        }
      });
      return () => {
        pausing.unsubscribe();
        running?.unsubscribe();
      };
    },
  }).pipe(finalize(() => { broken.complete(); }));
  const { translate, rest } = translator(choose, pictures);
  const events$ = concat(merge(child$, broken).pipe(mapEach(translate)), defer(rest)).pipe(allRejected());
  const last$ = defer(() => pictures.end?.() ?? []);
  const ended$ = defer(() => throwError(() => new StreamEnded(`the live source ended: ${source.address}`)));
  return source.endless ? concat(events$, last$, ended$) : concat(events$, last$);
}

/** A source that ends without an error has failed if none of its access units could be decoded. */
function allRejected(): MonoTypeOperatorFunction<EngineEvent> {
  return (events$) => defer(() => {
    let rejected = 0;
    let last = '';
    let isCaptured = false;
    const judged$ = defer(() => {
      if (isCaptured || rejected === 0) return EMPTY;
      return throwError(() => new DecodeFailed(`no picture could be decoded: ${rejected} access units were rejected, the last: ${last}`));
    });
    return concat(events$.pipe(tap((event) => {
      isCaptured ||= event.type === 'captured';
      if (event.type !== 'rejected') return;
      rejected++;
      last = event.reason;
    })), judged$);
  });
}

/** Decoders that draw any text as pictures. */
const TEXT_CODECS = new Set(['ansi', 'bintext', 'xbin', 'idf']);

/** ffmpeg's message for a picture above `-max_pixels`. */
const TOO_LARGE = /^Picture size \d+x\d+ exceeds specified max pixel count/;

const OF_PICTURES: ReadonlySet<ChildOutput['kind']> = new Set(['heartbeat', 'packet', 'seen', 'kept']);

/** Limit of values held until the description arrives, which is a moment later or never. */
const MOST_EARLY = 64;

interface Translator {
  readonly translate: (output: ChildOutput) => readonly EngineEvent[];
  /** Thrown for pictures of a source without a description. */
  readonly rest: () => readonly EngineEvent[];
}

/** Facts of one process as events of the engine. */
function translator(choose: Choose, pictures: Pictures): Translator {
  let source: Partial<SourceInfo> = {};
  /** Output read before the description, which comes through another pipe. */
  let early: ChildOutput[] | undefined = [];
  const opened = (streams: readonly StreamFact[]): readonly EngineEvent[] => {
    const stream = choose(streams);
    if (TEXT_CODECS.has(stream.codec)) throw new DecodeFailed(`the source is text (${stream.codec}), not video`);
    const found = sourceInfo(stream);
    pictures.described?.(found);
    source = { ...source, ...found };
    const warnings: EngineEvent[] = streams.length < 2 ? [] : [{ type: 'warning', message: toldOf(streams, stream) }];
    const { guessedFps } = stream;
    return [{ type: 'opened', source, ...(guessedFps !== undefined && { guessedFps }) }, ...warnings, ...rest()];
  };
  const rest = (): readonly EngineEvent[] => {
    const waiting = early ?? [];
    early = undefined;
    return waiting.flatMap(translate);
  };
  const translate = (output: ChildOutput): readonly EngineEvent[] => {
    if (early !== undefined && OF_PICTURES.has(output.kind)) {
      early.push(output);
      return early.length < MOST_EARLY ? [] : rest();
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

/** Format of the output. */
export interface Form {
  readonly format: PixelFormat | Codec;
  /** The visible size, if the stream has padding. */
  readonly shown: Size | undefined;
}

/** A packet as an event of the engine. */
export function outputOf({ pts, key, data }: NutPacket, stream: NutStream, { format, shown }: Form): EngineOutput {
  return { type: 'output', pts, keyframe: key, ...shownOf(stream), ...shown, format, data };
}

/** Heartbeats and pictures arrive through two pipes: a picture that is read before its heartbeat waits for it. */
export class DecodedPictures implements Pictures {
  #lastPts = -1;
  readonly #early: EngineOutput[] = [];

  constructor(readonly form: Form) {}

  heartbeat(pts: number): readonly EngineEvent[] {
    this.#lastPts = pts;
    const due = this.#early.findIndex((one) => one.pts > pts);
    return [{ type: 'captured', pts }, ...this.#early.splice(0, due === -1 ? this.#early.length : due)];
  }

  packet(packet: NutPacket, stream: NutStream): readonly EngineEvent[] {
    const output = outputOf(packet, stream, this.form);
    const { pts } = output;
    if (pts <= this.#lastPts) return [output];
    this.#early.push(output);
    return [];
  }
}

function sourceInfo(fact: StreamFact): Partial<SourceInfo> {
  const { colorRange: range, colorSpace: space, colorPrimaries: primaries, colorTransfer: transfer, ...found } = fact;
  const color: ColorInfo = definedOnly({ range, space, primaries, transfer });
  return { ...found, ...(Object.keys(color).length > 0 && { color }) };
}
