/** A running ffmpeg as an Observable: packets from its stdout, facts from its stderr, its end as completion or failure. */
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

/** Reports of a child. */
export type ChildOutput =
  | { readonly kind: 'packet'; readonly packet: NutPacket; readonly stream: NutStream }
  /** A picture was decoded; `pts` in µs, `data` a small picture of it. */
  | { readonly kind: 'heartbeat'; readonly pts: number; readonly data: Buffer }
  | StderrFact;

export interface ChildOptions {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the source is live, and its secrets, which are redacted. */
  readonly live: boolean;
  /** Address of the source, for messages: ffmpeg itself may know only a pipe. */
  readonly address: string;
  readonly secrets: Iterable<string>;
  /** Lines that ffmpeg prints about failures of this kind of source. */
  readonly rows?: StderrRows | undefined;
  /** Whether heartbeats may be read late: true for a file that is read as fast as possible. */
  readonly inBulk?: boolean;
  /** Whether the source is known to have answered before. */
  readonly answered?: boolean;
  /** 0 to 19: how much it yields to other processes. Default 0. */
  readonly nice?: number | undefined;
  /** Called when the process starts; the returned function is called when it is gone. */
  hold(): () => void;
  /** Called with the process as soon as it runs; the returned function is called when its output is no longer needed. */
  attach(child: ChildProcessWithoutNullStreams): () => void;
}

/** Runs ffmpeg; unsubscribing ends it. Completes when it exits with 0 and all of its output is read. */
export function runChild(options: ChildOptions): Observable<ChildOutput> {
  return new Observable((subscriber) => {
    const running = new RunningChild(options, subscriber);
    return () => { running.end(); };
  });
}

class RunningChild {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #detach: () => void;
  readonly #parser = new StderrParser();
  #sawConnection: boolean;
  #sawStream = false;
  #sawFrame = false;

  constructor(readonly options: ChildOptions, readonly subscriber: Subscriber<ChildOutput>) {
    this.#sawConnection = options.answered ?? false;
    const child = startProcess(options.path, options.args, options, options.hold());
    this.#child = child;
    const pictures = this.#reader((packet, stream) => ({ kind: 'packet', packet, stream }));
    const heartbeats = this.#reader(({ pts, data }) => ({ kind: 'heartbeat', pts, data }));
    const pulse = child.stdio[HEARTBEAT_FD] as Readable;
    const wake = options.inBulk === true ? readInBulk(pulse) : () => undefined;
    pulse.on('data', (chunk: Buffer) => { this.#push(heartbeats, chunk); });
    readStdout(child, (chunk) => {
      wake();
      this.#push(pictures, chunk);
    });
    child.once('exit', wake);
    child.stderr.on('data', (chunk: Buffer) => { this.#report(this.#parser.push(chunk)); });
    child.once('error', (cause) => { this.#fail(failureOf(cause, 'starting ffmpeg', {})); });
    child.once('close', (code, signal) => { this.#closed(code, signal, pictures); });
    this.#detach = options.attach(child);
  }

  end(): void {
    this.#detach();
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
      if (fact.kind === 'streams') this.#sawStream = true;
      this.subscriber.next(fact);
    }
  }

  #closed(code: number | null, signal: NodeJS.Signals | null, pictures: NutReader): void {
    if (this.subscriber.closed) return;
    this.#report(this.#parser.end());
    if (code === 0) {
      // A source without a picture gives empty output, which is not damage.
      if (this.#sawFrame) this.#push(pictures, undefined);
      this.subscriber.complete();
      return;
    }
    const verdict = classifyExit({
      code, signal, tail: this.#parser.tail, live: this.options.live, rows: this.options.rows,
      sawConnection: this.#sawConnection, sawStream: this.#sawStream, sawFrame: this.#sawFrame,
    });
    const reason = verdict.reason.replace(/\bpipe:0\b|http:\/\/source\.rxcam\.invalid\//, this.options.address);
    this.#fail(failure(verdict.code, redact(reason, this.options.secrets), { stderr: this.#tail() }));
  }

  #fail(error: RxcamError): void {
    this.subscriber.error(error);
  }

  #tail(): string[] {
    return this.#parser.tail.map((line) => redact(line, this.options.secrets));
  }
}
