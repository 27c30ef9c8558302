/** Fakes of the broker and the run in virtual time: they see the outbox from both sides. */
import { EMPTY, NEVER, type Observable, defer, map, timer } from 'rxjs';
import type { FrameRecord, RecordOwner } from '../../../src/ledger/frame-record.js';
import { BrokerHandle, type BrokerOptions, type Driver, type Outgoing, type SendOutcome } from '../../../src/broker/index.js';
import { mono } from '../../../src/core/clock.js';
import type { CameraEvent, EventBody, Place } from '../../../src/core/events.js';
import { BrokerUnavailable } from '../../../src/core/errors/errors.js';
import { FrameEvents } from '../../../src/ledger/frame-events.js';
import type { CameraMessage } from '../../../src/core/frame/frame.js';
import { EMPTY_LEDGER, type Ledger, fold } from '../../../src/ledger/ledger.js';
import { FRAME_RECORDS } from '../../../src/core/frame/accounted.js';
import type { LastTimes } from '../../../src/core/frame/last-times.js';
import { Numbering } from '../../../src/core/frame/numbering.js';

/** The broker's action on one request. */
export type Behaviour = 'ok' | 'fail' | 'hang' | 'lost-answer' | readonly SendOutcome[];

export interface Request {
  readonly at: number;
  readonly batch: readonly Outgoing[];
}

/** A broker that answers `latencyMs` after the request, as `behave` says. */
export class FakeDriver implements Driver {
  readonly kind = 'fake';
  readonly address = 'fake:';
  readonly requests: Request[] = [];
  /** Written messages, in order. */
  readonly log: Outgoing[] = [];
  resets = 0;
  isClosed = false;

  constructor(
    readonly latencyMs = 0,
    readonly behave: (batch: readonly Outgoing[], index: number) => Behaviour = () => 'ok',
  ) {}

  send(batch: readonly Outgoing[]): Observable<readonly SendOutcome[]> {
    return defer(() => {
      const behaviour = this.behave(batch, this.requests.length);
      this.requests.push({ at: mono(), batch });
      if (behaviour === 'hang') return NEVER;
      return timer(this.latencyMs).pipe(map(() => this.#answer(batch, behaviour)));
    });
  }

  reset(): void {
    this.resets++;
  }

  close(): Observable<never> {
    this.isClosed = true;
    return EMPTY;
  }

  #answer(batch: readonly Outgoing[], behaviour: Behaviour): readonly SendOutcome[] {
    if (behaviour === 'fail') throw new BrokerUnavailable('fake: refused');
    const outcomes = typeof behaviour === 'string' ? batch.map((): SendOutcome => ({ ok: true })) : behaviour;
    const answer = batch.map((outgoing, index) => {
      const outcome = outcomes[index] as SendOutcome;
      return outcome.ok ? { ...outcome, offset: String(this.log.push(outgoing) - 1) } : outcome;
    });
    if (behaviour === 'lost-answer') throw new BrokerUnavailable('fake: connection lost');
    return answer;
  }
}

export function fakeBroker(driver: Driver, options: BrokerOptions = {}): BrokerHandle {
  return new BrokerHandle(driver, { lingerMs: 0, ...options });
}

/** A run that keeps its own ledger. */
export class FakeRun implements RecordOwner {
  readonly engine = () => NEVER;
  readonly epoch = 0;
  readonly events: CameraEvent[] = [];
  readonly pressure;
  readonly frames: FrameEvents;
  readonly numbering = new Numbering();
  readonly blockers = new Set<object>();
  live = true;
  ledger: Ledger = EMPTY_LEDGER;
  #seq = 0;

  constructor(readonly camera = 'cam', readonly id = 1, waits = false) {
    this.frames = new FrameEvents(camera, id, (event) => { this.#tell(event); });
    this.pressure = {
      waits,
      block: (holder: object) => { this.blockers.add(holder); },
      unblock: (holder: object) => { this.blockers.delete(holder); },
    };
  }

  get isPaused(): boolean { return this.blockers.size > 0; }

  lastTimes(): LastTimes {
    const { read, write, process } = this.ledger.times;
    return { readMs: read.lastMs, writeMs: write.lastMs, processMs: process.lastMs };
  }

  emit(body: EventBody): void {
    this.#tell({ ...body, camera: this.camera, run: this.id, at: mono() });
  }

  #tell(event: CameraEvent): void {
    this.events.push(event);
    this.ledger = fold(this.ledger, event);
  }

  /** A picture that was just decoded. */
  capture(place: Place = 'handover'): FrameRecord {
    const account: FrameRecord = { owner: this, seq: ++this.#seq, capturedMono: mono(), place, epoch: 0 };
    this.emit({ type: 'captured', seq: account.seq, frames: 1, pts: account.seq, to: place });
    return account;
  }

  /** A message of this run. */
  message(facts: Partial<CameraMessage> = {}): CameraMessage {
    const account = this.capture();
    return message(this.numbering.next(), { camera: this.camera, key: this.camera, seq: account.seq, [FRAME_RECORDS]: [account], ...facts });
  }
}

/** A message of `bytes` bytes in its own ArrayBuffer. */
export function message(inputOrder: number, facts: Partial<CameraMessage> = {}, bytes = 10): CameraMessage {
  return {
    camera: 'cam', run: 1, seq: inputOrder, pts: inputOrder, capturedAt: 0, width: 2, height: 2,
    id: `cam/p/${inputOrder}`, key: 'cam', inputOrder, value: Buffer.allocUnsafeSlow(bytes), headers: {},
    previousOrderHeader: 'ce_previousorder', mode: 'frame', keyframe: true, frames: 1, lastSeq: inputOrder, ...facts,
  };
}
