/** The current state of a fleet, from its tables: workers that are gone, the condition of each camera, and changes since the last update. */
import { type Observable, ReplaySubject, Subscription } from 'rxjs';
import { mono, wall } from '../../core/clock.js';
import { VIEW } from '../../core/defaults/fleet.js';
import type { Coordinator } from '../coordinator.js';
import { CoordinatorLiveness } from './coordinator-liveness.js';
import { SeenCameras } from './seen-cameras.js';
import { CONDITIONS, type CameraChanges, type FleetCameraStatus, type FleetStatus } from './types.js';
import { SeenWorkers } from './seen-workers.js';

export class FleetView {
  readonly #workers = new SeenWorkers();
  readonly #cameras = new SeenCameras();
  readonly #answers: CoordinatorLiveness;
  readonly #known = new ReplaySubject<void>(1);
  readonly #work = new Subscription();
  readonly #startedAt = mono();
  /** Tables that are not read completely yet. */
  readonly #unread = new Set(['cameras', 'workers', 'reports']);
  readonly #name: string;
  /** Emits once, when all tables have been read. */
  readonly known$: Observable<void> = this.#known.asObservable();

  constructor(coordinator: Coordinator) {
    this.#name = coordinator.name;
    this.#answers = new CoordinatorLiveness(coordinator);
    this.#work.add(() => { this.#answers.stop(); });
    this.#work.add(coordinator.cameras$.subscribe((cameras) => {
      this.#cameras.want(cameras);
      this.#read('cameras', true);
    }));
    this.#work.add(coordinator.rows('workers', VIEW.forgetMs).subscribe(({ rows, isWhole }) => {
      const isLive = !this.#unread.has('workers');
      for (const { key, value } of rows) if (key.startsWith('worker/')) this.#workers.take(key.slice('worker/'.length), value, isLive);
      this.#read('workers', isWhole);
    }));
    this.#work.add(coordinator.rows('reports', VIEW.reportsMs).subscribe(({ rows, isWhole }) => {
      const isLive = !this.#unread.has('reports');
      for (const { key, value } of rows) this.#cameras.take(key, value, isLive);
      this.#read('reports', isWhole);
    }));
  }

  get isKnown(): boolean { return this.#unread.size === 0; }

  /** Whether the coordinator answers; if not, no report ages. */
  get answers(): boolean { return this.#answers.isAnswering; }

  stop(): void {
    this.#work.unsubscribe();
  }

  /** Configuration of a camera in the fleet. */
  configOf(key: string): unknown {
    return this.#cameras.configOf(key);
  }

  /** Updates the state, and returns the changes since a version; 0 for all cameras. */
  since(version: number): CameraChanges {
    this.#look();
    return this.#cameras.since(version);
  }

  /** Updates the state, and returns all of it except the cameras. */
  summary(): Omit<FleetStatus, 'cameras'> {
    this.#look();
    const counts = Object.fromEntries(CONDITIONS.map((condition) => [condition, 0])) as Record<FleetCameraStatus['condition'], number>;
    for (const { condition } of this.#cameras.all) counts[condition]++;
    return {
      name: this.#name, at: wall(), answers: this.answers, heardAt: this.#answers.heardAt, isCertain: this.#isCertain,
      workers: this.#workers.statuses(this.#now), counts,
    };
  }

  status(): FleetStatus {
    return { ...this.summary(), cameras: this.#cameras.sorted };
  }

  /** Monotonic time for computing ages; it does not advance while the coordinator does not answer. */
  get #now(): number { return this.answers ? mono() : this.#answers.answeredAt; }

  #look(): void {
    const gone = this.#workers.gone(this.#now);
    const present = this.#workers.names;
    // A worker without a row has drained, or writes its row with the next report.
    const isGone = (worker: string, ageMs: number) => gone.has(worker) || (!present.has(worker) && ageMs > VIEW.missedMs);
    this.#cameras.look(this.#now, isGone);
  }

  #read(table: string, isWhole: boolean): void {
    this.#answers.heard();
    if (!isWhole || !this.#unread.delete(table) || !this.isKnown) return;
    this.#known.next();
    this.#known.complete();
  }

  /** A report that is old by its writer's clock is certainly old if no newer one arrives within the interval of reports. */
  get #isCertain(): boolean {
    if (mono() - this.#startedAt >= VIEW.certainMs) return true;
    return !this.#workers.isDoubtful(this.#now) && !this.#cameras.isDoubtful((worker) => this.#workers.isProvenGone(worker, this.#now));
  }
}
