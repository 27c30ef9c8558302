/** Records the messages of one topic, key and camera into one file after the other, each from a keyframe on. */
import type { FrameTracker } from '../../ledger/index.js';
import { wall } from '../../core/clock.js';
import { type Decodable, type HeldMessage, decodesAlone, pictureTime } from '../decoding/index.js';
import type { Codec } from '../../core/frame/frame.js';
import { RECORD_LIMITS } from '../../core/defaults/limits.js';
import type { Muxer } from '../../core/engine/recorder.js';
import type { ClosedReason, RecordGap } from './recorded.js';
import { RecordFile } from './recording-file.js';
import type { RecordTarget } from './record-target.js';
import { StepQueue } from '../step-queue.js';
import type { StreamPlace } from '../streams.js';
import { type RecordSettings, type RecordSink, recordingFailed } from './sink.js';

/** A gap, at its position in the queue. */
interface QueuedGap { readonly cause: string; readonly size: number }

export class RecordStream {
  readonly #waiting = new StepQueue<HeldMessage | QueuedGap>((next) => this.#guarded(() => this.#step(next)) ?? false, () => { this.#drained(); });
  #file: RecordFile | undefined;
  /** Wall clock of the last picture that was recorded or referred to, ms. */
  #lastPictureAt: number | undefined;
  /** Messages before a keyframe, since the last file. */
  #undecodable = 0;
  #openFiles = 0;
  #failures = 0;

  constructor(
    readonly target: RecordTarget, readonly muxer: Muxer, readonly settings: RecordSettings,
    readonly place: StreamPlace, readonly sink: RecordSink,
  ) {}

  push(message: Decodable, tracker: FrameTracker): void {
    this.#waiting.push({ message, tracker });
  }

  /** Runs work on files; an error of the disk ends the recording. */
  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (cause) {
      this.sink.error(recordingFailed(cause, this.place.camera));
      return undefined;
    }
  }

  /** Adds a gap of `size` missing messages. */
  gap(cause: string, size: number): void {
    this.#waiting.push({ cause, size });
  }

  /** Ends the input; the file is completed. */
  end(): void {
    this.#waiting.end();
  }

  /** Called on unsubscription: waiting messages are not written, and the file is completed. */
  stop(): void {
    for (const one of this.#waiting.clear()) if ('tracker' in one) one.tracker.deliver();
    this.#close('ended');
  }

  /** Called when the last message has been processed. */
  #drained(): void {
    this.#close('ended');
    if (this.#openFiles > 0) return;
    this.#guarded(() => { this.target.finish(this.place.key ?? this.place.camera); });
    this.sink.complete();
  }

  /** Processes the next message; returns false if that is not possible now. */
  #step(next: HeldMessage | QueuedGap): boolean {
    if ('cause' in next) {
      this.#waiting.shift();
      if (this.settings.continuesAfterGaps !== true) this.#close('gap');
      this.#gap({ ...next, from: this.#lastPictureAt });
      return true;
    }
    const { message, tracker } = next;
    if (message.referenceOrder !== undefined) {
      this.#lastPictureAt = pictureTime(message);
      return this.#done(tracker);
    }
    this.#closeBefore(message);
    if (this.#file === undefined && !this.#begin(message)) {
      this.#undecodable++;
      return this.#done(tracker);
    }
    const file = this.#file;
    if (file?.isReady === false) return false;
    if (file !== undefined) this.#write(file, message);
    return this.#done(tracker);
  }

  #done(tracker: FrameTracker): boolean {
    this.#waiting.shift();
    tracker.deliver();
    return true;
  }

  /** Ends the current file if the message does not belong to it. */
  #closeBefore(message: Decodable): void {
    const at = pictureTime(message);
    if (this.#lastPictureAt !== undefined && at - this.#lastPictureAt > this.settings.gapMs) {
      this.#close('gap');
      this.#gap({ cause: 'silence', size: 0, from: this.#lastPictureAt, to: at });
      this.#lastPictureAt = undefined;
    }
    const reason = this.#file?.endBefore(message, this.settings.every);
    if (reason !== undefined) this.#close(reason);
  }

  #begin(message: Decodable): boolean {
    const { codec, decodable, data } = message;
    if (codec === undefined || decodable === false || data.length === 0 || !decodesAlone(message)) return false;
    const folder = this.target.open(this.place.key ?? this.place.camera);
    const from = pictureTime(message);
    if (this.#undecodable > 0) this.#gap({ cause: 'undecodable', size: this.#undecodable, to: from });
    this.#undecodable = 0;
    const file = new RecordFile(folder, this.target.begin(folder, from), message);
    this.#file = file;
    this.#openFiles++;
    this.sink.report({ type: 'opened', ...this.place, file: file.path, from });
    this.#mux(file, codec);
    return true;
  }

  #mux(file: RecordFile, codec: Codec): void {
    const { first: { width = 0, height = 0 }, from } = file;
    file.work.add(this.muxer(file.path, {
      codec, width, height, createdAt: from, units$: file.units$,
      ready: (yes) => { file.isReady = yes; if (yes) this.#waiting.run(); },
    }).subscribe({
      error: (cause: unknown) => { this.#failed(file, recordingFailed(cause, this.place.camera)); },
      complete: () => { this.#failures = 0; this.#guarded(() => { this.#closed(file); }); },
    }));
  }

  #write(file: RecordFile, message: Decodable): void {
    this.#lastPictureAt = file.write(message);
    this.target.addBytes(file.folder, file.name, message.data.length);
    this.#trim();
  }

  /** Lets the muxer write its remaining bytes and end. */
  #close(reason: ClosedReason): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#file = undefined;
    file.reason = reason;
    if (file.pictures > 0) file.complete();
    else this.#forget(file);
  }

  /** Removes an empty file. */
  #forget(file: RecordFile): void {
    file.work.unsubscribe();
    this.target.removeEmpty(file.folder, file.name);
    this.#openFiles--;
  }

  #closed(file: RecordFile, error?: string): void {
    const bytes = this.target.close(file.folder, file.name);
    const closed = file.closedReport(this.place, bytes, error);
    this.target.addToIndex(file.folder, closed);
    this.sink.report(closed);
    this.#openFiles--;
    this.#trim();
    this.#waiting.run();
  }

  /** Called when a muxer fails: its file can still be played, and the next messages are written to another file. */
  #failed(file: RecordFile, error: Error): void {
    if (this.#file === file) this.#file = undefined;
    file.reason = 'failed';
    if (++this.#failures >= RECORD_LIMITS.maxFailures) this.sink.error(error);
    this.#guarded(() => { this.#closed(file, error.message); });
  }

  #gap(gap: Pick<RecordGap, 'cause' | 'size' | 'from' | 'to'>): void {
    const report: RecordGap = { type: 'gap', ...this.place, ...gap };
    this.target.addToIndex(this.target.open(this.place.key ?? this.place.camera), report);
    this.sink.report(report);
  }

  #trim(): void {
    for (const removed of this.target.removeOld(wall())) this.sink.report(removed);
  }
}
