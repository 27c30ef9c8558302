/** The metrics of each camera: at most 60 series. */
import type { CameraHub } from '../../camera/index.js';
import { DROP_CAUSES, PLACES } from '../../core/events.js';
import { CAMERA_STATES } from '../../ledger/index.js';
import { type Family, durationFamily, histogramFamily, singleFamily, stateFamily } from './family.js';
import { labels } from './labels.js';

/** Accounts of the ledger: `captured` and `returned` on one side, the results of these pictures on the other. */
const ACCOUNT = {
  captured: labels({ account: 'captured', cause: '' }),
  returned: labels({ account: 'returned', cause: '' }),
  published: labels({ account: 'published', cause: '' }),
  delivered: labels({ account: 'delivered', cause: '' }),
  thinned: labels({ account: 'skipped', cause: 'rate' }),
  unchanged: labels({ account: 'skipped', cause: 'unchanged' }),
};
const DROPPED = DROP_CAUSES.map((cause) => [cause, labels({ account: 'dropped', cause })] as const);
const PLACE = PLACES.map((place) => [place, labels({ place })] as const);

const frames: Family<CameraHub> = {
  name: 'rxcam_frames_total', type: 'counter',
  help: 'Pictures by account. captured + returned = published + delivered + skipped + dropped + rxcam_frames_in_flight.',
  samples: ({ ledger: { tally: { counts, dropped, returnedTotal } } }, put) => {
    put(counts.captured, ACCOUNT.captured);
    put(returnedTotal, ACCOUNT.returned);
    put(counts.published, ACCOUNT.published);
    // The ledger subtracts returned pictures, but a counter must never decrease.
    put(counts.delivered + returnedTotal, ACCOUNT.delivered);
    put(counts.thinned, ACCOUNT.thinned);
    put(counts.skipped - counts.thinned, ACCOUNT.unchanged);
    for (const [cause, own] of DROPPED) put(dropped[cause], own);
  },
};

const inFlight: Family<CameraHub> = {
  name: 'rxcam_frames_in_flight', type: 'gauge', help: 'Pictures that rxcam holds, by place.',
  samples: ({ ledger: { tally: { places } } }, put) => {
    for (const [place, own] of PLACE) put(places[place], own);
  },
};

const info: Family<CameraHub> = {
  name: 'rxcam_camera_info', type: 'gauge', help: 'Facts about a camera in labels; always 1.',
  samples: ({ facts, runPlan, ledger: { tally: { encoder } } }, put) => {
    put(1, labels({
      source: runPlan?.source.kind ?? facts.kind, source_codec: runPlan?.source.codec ?? '',
      encoder: encoder?.name ?? '', hardware: encoder === undefined ? '' : String(encoder.hardware),
    }));
  },
};

const failure: Family<CameraHub> = {
  name: 'rxcam_camera_failure', type: 'gauge', help: 'The code of the failure from which a camera has not recovered, in a label; absent while it is up.',
  samples: ({ downMs, ledger: { tally: { state, lastError } } }, put) => {
    if (lastError !== undefined && (downMs > 0 || state === 'failed')) put(1, labels({ code: lastError }));
  },
};

const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);

export const CAMERA_FAMILIES: readonly Family<CameraHub>[] = [
  info,
  stateFamily('rxcam_camera_state', 'State of a camera: 1 for the current one.', CAMERA_STATES, ({ ledger }) => ledger.tally.state),
  failure,
  frames,
  inFlight,
  singleFamily('rxcam_expected_frames_per_second', 'gauge', 'Pictures a second that the source states and skipRate leaves; absent if unknown.', ({ runPlan }) => runPlan?.fps),
  singleFamily('rxcam_last_frame_timestamp_seconds', 'gauge', 'Unix time of the last picture captured; absent until there is one.', ({ lastFrameAt }) => seconds(lastFrameAt)),
  singleFamily('rxcam_unchanged_seconds', 'gauge', 'Time since the last change of the picture; 0 while it changes. Of live sources with encoded pictures.', ({ stillMs }) => stillMs / 1_000),
  singleFamily('rxcam_next_attempt_timestamp_seconds', 'gauge', 'Unix time of the next attempt; absent unless the camera waits for it.', ({ ledger }) => seconds(ledger.tally.nextAttemptAt)),
  singleFamily('rxcam_reconnects_total', 'counter', 'Attempts after a failure.', ({ ledger }) => ledger.tally.counts.reconnects),
  singleFamily('rxcam_read_failures_total', 'counter', 'Windows without a picture, and access units that the decoder rejected.', ({ ledger }) => ledger.tally.counts.readFailures),
  singleFamily('rxcam_downtime_seconds_total', 'counter', 'Time without pictures after failures from which the camera has recovered.', ({ ledger }) => ledger.tally.downtimeMs / 1_000),
  singleFamily('rxcam_down_seconds', 'gauge', 'Time since the failure from which the camera has not recovered; 0 while it is up.', ({ downMs }) => downMs / 1_000),
  singleFamily('rxcam_messages_total', 'counter', 'Messages that the broker has acknowledged.', ({ ledger }) => ledger.tally.counts.messages),
  singleFamily('rxcam_published_bytes_total', 'counter', 'Bytes of the values of these messages.', ({ ledger }) => ledger.tally.counts.bytes),
  singleFamily('rxcam_duplicate_frames_total', 'counter', 'Pictures that user code has passed to a step a second time.', ({ ledger }) => ledger.tally.counts.duplicates),
  durationFamily('rxcam_encode_seconds', 'From decoding a picture to the end of encoding it.', ({ ledger }) => ledger.tally.process),
  durationFamily('rxcam_write_seconds', 'From a request to the broker to its acknowledgement.', ({ ledger }) => ledger.tally.write),
  histogramFamily('rxcam_latency_seconds', 'From decoding a picture to the acknowledgement of its message.', ({ ledger }) => ledger.tally.latency),
];
