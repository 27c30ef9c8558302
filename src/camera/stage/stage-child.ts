/** One ffmpeg of a stage, and the pictures in it, in input order. */
import { type Observable, Subject, of } from 'rxjs';
import type { Reservation } from '../../ledger/index.js';
import type { Engine, EngineEvent, FeedFormat, ProcessOptions } from '../../core/engine/engine.js';
import { CaptureCrashed } from '../../core/errors/errors.js';
import type { DropCause } from '../../core/events.js';
import type { Frame } from '../../core/frame/frame.js';
import { ReorderBuffer, causeAtEnd, lossCounter } from '../output/index.js';
import type { Plan } from '../../core/plan/plan.js';
import { type WrittenFilters, writtenFilters } from '../../core/plan/written-filters.js';
import type { StagePicture } from './input-queue.js';

/** Frame rate for the encoder if the source states none; frames per second. */
const ASSUMED_FPS = 25;

/** The camera of the pictures. */
interface PictureOwner { readonly camera: string; readonly process: ProcessOptions | undefined }

export class StageChild {
  readonly format: FeedFormat;
  readonly #pictures = new Subject<Buffer>();
  readonly #inside: ReorderBuffer<StagePicture>;
  readonly #written: WrittenFilters | undefined;
  #pictureCount = 0;
  #referenceCount = 0;
  #isReady = false;
  #isEnding = false;
  #isRunning = false;
  #release: (() => void) | undefined;

  constructor(first: Frame, plan: Plan) {
    const { width, height, pixelFormat, source, sampleAspectRatio } = first;
    this.#written = writtenFilters(plan);
    const lose = lossCounter(this.#written);
    this.#inside = new ReorderBuffer(lose && (({ tracker }) => { lose(tracker); }));
    const fps = source?.fps ?? ASSUMED_FPS;
    this.format = {
      width, height, pixelFormat, fps, ...(source?.color && { color: source.color }), ...(sampleAspectRatio !== undefined && { sampleAspectRatio }),
    };
  }

  /** The cause of pictures lost in a child that has ended by itself. */
  get causeAtEnd(): DropCause { return causeAtEnd(this.#written); }
  get isEmpty(): boolean { return this.#inside.isEmpty; }
  get isReady(): boolean { return this.#isReady && !this.#isEnding; }

  /** Runs the engine. @param onReady - called when the child accepts another picture */
  run(engine: Engine, plan: Plan, { camera, process }: PictureOwner, onReady: () => void): Observable<EngineEvent> {
    const ready = (yes: boolean) => {
      this.#isReady = yes;
      if (yes) onReady();
    };
    const hold = () => {
      this.#isRunning = true;
      return () => {
        this.#isRunning = false;
        this.#release?.();
      };
    };
    return engine(plan, {
      camera, hold, paused$: of(false), ...(process && { process }),
      feed: { format: this.format, pictures$: this.#pictures, ready },
    });
  }

  feed(picture: StagePicture): void {
    // Before its event, whose observer may unsubscribe: then it is dropped with the others.
    this.#inside.add(this.#pictureCount++, picture);
    picture.tracker.move('encoder');
    this.#pictures.next(picture.frame.data);
  }

  /** Adds an unchanged picture, which does not enter the child, and leaves after those inside. */
  addReference(picture: StagePicture): void {
    this.#inside.add(-++this.#referenceCount, picture, picture.similarity);
  }

  /** Passes on the unchanged pictures before the first one that the child still has. */
  passUnchanged(pass: (picture: StagePicture) => void): void {
    this.#inside.passUnchanged(pass);
  }

  /** Removes the picture with the number `index`, whose output has arrived. */
  takeOutput(index: number): StagePicture {
    const picture = this.#inside.takeOutput(index);
    if (picture === undefined) throw this.#written?.strayPicture(`picture ${index}`) ?? new CaptureCrashed(`the child returned picture ${index}, which it was not given`);
    return picture;
  }

  /** Ends the input; pictures inside still leave. */
  end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#pictures.complete();
  }

  /** Called before the child is unsubscribed: the run's next attempt waits until its process is gone. */
  delayNextAttempt(reservation: Reservation | undefined): void {
    if (this.#isRunning) this.#release = reservation?.hold();
  }

  drop(cause: DropCause): void {
    for (const { tracker } of this.#inside.items) tracker.drop(cause);
    this.#inside.clear();
  }
}

/** Whether a frame can follow the others into the same child. */
export function sameFormat(format: FeedFormat, frame: Frame): boolean {
  return format.width === frame.width && format.height === frame.height && format.pixelFormat === frame.pixelFormat
    && format.sampleAspectRatio === frame.sampleAspectRatio;
}
