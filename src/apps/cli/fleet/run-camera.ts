/** Runs one camera of a fleet, with its configuration from the fleet. */
import type { Logger } from 'pino';
import { Observable, auditTime, defer, filter, switchMap, takeUntil, tap, timer } from 'rxjs';
import { type OpenBrokers, cameraPipeline, parseCamera } from '../../config/index.js';
import { FLEET } from '../../../core/defaults/fleet.js';
import type { RxcamError } from '../../../core/errors/errors.js';
import { type Camera, type CameraHub, hubOf } from '../../../camera/index.js';
import type { CameraStats } from '../../../ledger/index.js';
import type { FleetCamera, RunCamera } from '../../../fleet/index.js';
import { errorLine } from '../program/index.js';
import { RateMonitor } from './rate-monitor.js';

/** Interval of checking whether all messages of a stopped camera are acknowledged; ms. */
const CHECK_MS = 25;

/** The worker that runs the camera. */
export interface CameraHost {
  readonly brokers: OpenBrokers;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** Called when a camera starts on this worker. */
  readonly onStart: (camera: Camera) => void;
  /** Called when a camera has ended on this worker, with its counts. */
  readonly onEnd: (camera: Camera, stats: CameraStats) => void;
  /** Cores that a camera needs, from its rate. */
  readonly costOf: (key: string, stats: CameraStats) => number | undefined;
}

/** Returns the function that runs a camera. An invalid configuration is an error of that camera alone. */
export function runCamera({ brokers, env, logger, onStart, onEnd, costOf }: CameraHost): RunCamera<unknown> {
  return (config, camera) => defer(() => {
    const settings = parseCamera(config, { name: camera.key, brokers, env });
    const { camera: source, published$ } = cameraPipeline(settings, brokers, { logger, fence: camera.fence, stop$: camera.stop$ });
    const rateMonitor = new RateMonitor(hubOf(source) as CameraHub);
    const reports$ = source.stats$.pipe(
      auditTime(FLEET.statusMs / 2), tap((stats) => { report(camera, stats, rateMonitor, costOf(camera.key, stats)); }),
    );
    // A stopped camera has ended when it has no messages left to send, even while it waits to reconnect.
    const done$ = camera.stop$.pipe(switchMap(() => timer(0, CHECK_MS)), filter(() => source.stats.inFlight === 0));
    return new Observable((subscriber) => {
      onStart(source);
      subscriber.add(reports$.subscribe());
      const failures$ = source.events$.pipe(filter((event) => event.type === 'failed'), tap(({ error, at }) => { camera.report({ error: reasonOf(error), errorAt: at }); }));
      subscriber.add(failures$.subscribe());
      subscriber.add(published$.pipe(takeUntil(done$)).subscribe(subscriber));
      return () => { onEnd(source, source.stats); };
    });
  });
}

/** The reason without the camera's address, because its key is in the same row. */
function reasonOf(error: RxcamError): string {
  return `${error.code}: ${errorLine(error).replace(/^'[^']*' cannot be read: /, '')}`;
}

function report(camera: FleetCamera, { state, published, dropped }: CameraStats, rateMonitor: RateMonitor, cost: number | undefined): void {
  const lost = Object.fromEntries(Object.entries(dropped).filter(([, count]) => count > 0));
  camera.report({
    state, ...rateMonitor.report(), published, dropped: lost, ...(cost !== undefined && { cost }),
  });
}
