/** Runs ffmpeg as an Observable: of packets from stdout, heartbeats from a separate pipe, and facts from stderr. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Observable, type Subscriber } from 'rxjs';
import { CaptureCrashed, type RxcamError, failure, failureOf } from '../../core/errors/errors.js';
import type { StderrRows } from '../../core/errors/stderr-rows.js';
import { redact } from '../../core/redact/redact.js';
import { readInBulk } from './bulk.js';
import { classifyExit } from './classify.js';
import { HEARTBEAT_FD } from '../command/index.js';
import { type NutPacket, NutReader, type NutStream } from '../nut/index.js';
import { startProcess, stopProcess } from './process.js';
import { type StderrFact, StderrParser } from './stderr.js';
import { readStdout } from './stdout.js';

/** Values of {@link runChild}. */
export type ChildOutput =
  | { readonly kind: 'packet'; readonly packet: NutPacket; readonly stream: NutStream }
  /** A picture was decoded; `pts` in µs, `data` a small picture: its corner, or a thumbnail. */
  | { readonly kind: 'heartbeat'; readonly pts: number; readonly data: Buffer }
  | StderrFact;

/** The command, and how to run it. */
export interface ChildOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the source is live. */
  readonly live: boolean;
  /** Address of the source, for messages: ffmpeg itself may know only a pipe. */
  readonly address: string;
  /** The source's secrets, which are redacted in errors. */
  readonly secrets: Iterable<string>;
  /** Lines that ffmpeg prints about failures of this kind of source. */
  readonly rows?: StderrRows | undefined;
  /** Whether heartbeats may be read late: true for a file that is read as fast as possible. */
  readonly inBulk?: boolean;
  /** Whether the source has already answered. */
  readonly answered?: boolean;
  /** Niceness, 0 to 19. Default 0. */
  readonly nice?: number | undefined;
  /** Called when the process starts; the returned function is called when it is gone. */
  hold(): () => void;
  /** Called with the process as soon as it runs; the returned function is called when its output is no longer needed. */
  attach(child: ChildProcessWithoutNullStreams): () => void;
}

/**
 * Runs ffmpeg. Completes when it has exited with 0 and all of its output is read; errors with the RxcamError of its exit;
 * unsubscribing ends it.
 */
export function runChild(options: ChildOptions): Observable<ChildOutput> {
  return new Observable((subscriber) => {
    const running = new RunningChild(options, subscriber);
    return () => { running.end(); };
  });
}

class RunningChild {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #detachPipes: () => void;
  readonly #parser = new StderrParser();
  #sawConnection: boolean;
  #sawFrame = false;

  constructor(readonly options: ChildOptions, readonly subscriber: Subscriber<ChildOutput>) {
    this.#sawConnection = options.answered ?? false;
    const child = startProcess(options.path, options.args, options, options.hold());
    this.#child = child;
    const pictureReader = this.#reader((packet, stream) => ({ kind: 'packet', packet, stream }));
    const heartbeatReader = this.#reader(({ pts, data }) => ({ kind: 'heartbeat', pts, data }));
    const heartbeatPipe = child.stdio[HEARTBEAT_FD] as Readable;
    const wake = options.inBulk === true ? readInBulk(heartbeatPipe) : () => undefined;
    heartbeatPipe.on('data', (chunk: Buffer) => { this.#push(heartbeatReader, chunk); });
    readStdout(child, (chunk) => {
      wake();
      this.#push(pictureReader, chunk);
    });
    child.once('exit', wake);
    child.stderr.on('data', (chunk: Buffer) => { this.#report(this.#parser.push(chunk)); });
    child.once('error', (cause) => { this.#fail(failureOf(cause, 'starting ffmpeg', {})); });
    child.once('close', (code, signal) => { this.#closed(code, signal, pictureReader); });
    this.#detachPipes = options.attach(child);
  }

  end(): void {
    this.#detachPipes();
    stopProcess(this.#child);
  }

  #reader(output: (packet: NutPacket, stream: NutStream) => ChildOutput): NutReader {
    let streams: readonly NutStream[] = [];
    return new NutReader({
      onStreams: (all) => { streams = all; },
      onPacket: (packet) => {
        this.#sawFrame = true;
        this.subscriber.next(output(packet, streams[packet.stream] as NutStream));
      },
    });
  }

  /** @param chunk - undefined at the end of the output */
  #push(reader: NutReader, chunk: Buffer | undefined): void {
    if (this.subscriber.closed) return;
    try {
      if (chunk === undefined) reader.end();
      else reader.push(chunk);
    } catch (cause) {
      this.#fail(new CaptureCrashed(`ffmpeg's output can't be read: ${String(cause)}`, { cause, stderr: this.#tail() }));
    }
  }

  #report(facts: readonly StderrFact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'connected' || fact.kind === 'streams') this.#sawConnection = true;
      this.subscriber.next(fact);
    }
  }

  #closed(code: number | null, signal: NodeJS.Signals | null, reader: NutReader): void {
    if (this.subscriber.closed) return;
    this.#report(this.#parser.end());
    if (code === 0) {
      // The output of a source without a picture is empty, which is not damage.
      if (this.#sawFrame) this.#push(reader, undefined);
      this.subscriber.complete();
      return;
    }
    const found = classifyExit({
      code, signal, tail: this.#parser.tail, live: this.options.live, rows: this.options.rows,
      sawConnection: this.#sawConnection, sawFrame: this.#sawFrame,
    });
    const reason = found.reason.replace(/\bpipe:0\b|http:\/\/source\.rxcam\.invalid\//, this.options.address);
    this.#fail(failure(found.code, redact(reason, this.options.secrets), { stderr: this.#tail() }));
  }

  #fail(error: RxcamError): void {
    this.subscriber.error(error);
  }

  #tail(): string[] {
    return this.#parser.tail.map((line) => redact(line, this.options.secrets));
  }
}
