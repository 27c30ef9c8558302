/** The metrics of each stream that is read from a broker. */
import type { ReceivedFigures, VerdictCounts } from '../../ledger/index.js';
import { type Family, durationFamily, singleFamily } from './family.js';
import { labels } from './labels.js';

const VERDICTS = (['whole', 'repeated', 'torn', 'fenced', 'undecodable'] as const).map((verdict) => [verdict, labels({ verdict })] as const);
const CAUSES = (['dropped', 'lost', 'expired'] as const).map((cause) => [cause, labels({ cause })] as const);

/** A family with a sample for each of these verdicts, for streams that are verified. */
function counted(name: string, help: string, each: readonly (readonly [keyof VerdictCounts, ReturnType<typeof labels>])[]): Family<ReceivedFigures> {
  return {
    name, type: 'counter', help,
    samples: ({ verdicts }, put) => { if (verdicts !== undefined) for (const [key, own] of each) put(verdicts[key], own); },
  };
}

export const RECEIVED_FAMILIES: readonly Family<ReceivedFigures>[] = [
  singleFamily('rxcam_received_up', 'gauge', '1 while the broker that the stream is read from answers.', ({ status }) => (status === undefined ? undefined : Number(status === 'connected'))),
  singleFamily('rxcam_received_messages_total', 'counter', 'Messages emitted.', ({ received }) => received),
  singleFamily('rxcam_received_bytes_total', 'counter', 'Bytes of their values.', ({ bytes }) => bytes),
  singleFamily('rxcam_received_failures_total', 'counter', 'Connections that failed.', ({ failures }) => failures),
  singleFamily('rxcam_received_inbox_messages', 'gauge', 'Messages read and not emitted yet.', ({ inbox }) => inbox?.messages),
  singleFamily('rxcam_received_inbox_bytes', 'gauge', 'Bytes of these messages.', ({ inbox }) => inbox?.bytes),
  counted('rxcam_received_verdicts_total', 'Messages by verdict of verify.', VERDICTS),
  counted('rxcam_received_missing_total', 'Messages that are missing, by cause.', CAUSES),
  singleFamily('rxcam_received_takeovers_total', 'counter', 'Cameras that another worker took from one that no longer answered.', ({ verdicts }) => verdicts?.takeovers),
  durationFamily('rxcam_received_latency_seconds', 'Time from the capture of a picture until its message is emitted, by the clocks of both machines.', ({ latency: { mean, count } }) => ({ sumMs: mean * count, count })),
];
