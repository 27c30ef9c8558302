/** The lines for messages, gaps and summaries, as text or as JSON. */
import type { Clip } from '../../clip.js';
import type { Gap, Received, Verified } from '../../../message/index.js';
import type { RecordClosed, RecordGap, Recorded } from '../../../consumer/index.js';
import { sizeText } from '../../../ledger/index.js';
import { withoutControls } from '../program/index.js';
import type { ReadSummary } from './summary.js';

/** An object as a line of JSON; of a message only its facts, without its bytes. */
export function jsonLine(one: object): string {
  return `${JSON.stringify('facts' in one ? factsOf(one as Received | Verified) : one)}\n`;
}

/** A message, or a gap, as text. */
export function messageLine(one: Received | Verified | Gap): string {
  return `${withoutControls('facts' in one ? messageInWords(one) : gapInWords(one))}\n`;
}

/** The summary, as text. */
export function summaryLine({ received, bytes, expired, failures, verdicts }: ReadSummary): string {
  const counts = [`${received} messages (${sizeText(bytes)})`];
  if (verdicts === undefined && expired > 0) counts.push(`${expired} removed by the broker before they were read`);
  if (failures > 0) counts.push(`${failures} failed connections`);
  if (verdicts !== undefined) {
    const { whole, repeated, torn, fenced, undecodable, late, unchecked, dropped, lost, expired: gone, missing } = verdicts;
    const rest = { fenced, undecodable, late, 'without a digest': unchecked };
    counts.push(`${whole} whole`, `${repeated} repeated`, `${torn} torn`, ...Object.entries(rest).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : [])));
    counts.push(missing === 0 ? 'none missing' : `${missing} missing (${dropped} dropped by the sender, ${lost - late} lost, ${gone} expired)`);
  }
  return `${counts.join(', ')}\n`;
}

/** A report of `record`, as text. */
export function recordedLine(event: Recorded): string {
  return `${withoutControls(reportText(event))}\n`;
}

function reportText(event: Recorded): string {
  switch (event.type) {
    case 'opened': return `${timeOf(event.from)} ${event.camera} opened ${event.file}`;
    case 'closed': return `${timeOf(event.to)} ${event.camera} closed ${event.file}: ${fileInWords(event)}, ${event.error ?? event.reason}`;
    case 'gap': return `${timeOf(event.from ?? event.to ?? Number.NaN)} ${event.camera} ${missingInWords(event)}`;
    case 'removed': return `removed ${event.file} (${sizeText(event.bytes)})`;
  }
}

/** The recording and the counts of messages, as text. */
export function recordingLine({ files, pictures, fileBytes }: RecordingSums, summary: ReadSummary): string {
  return `${files} files, ${pictures} pictures (${sizeText(fileBytes)}); ${summaryLine(summary)}`;
}

/** The contents of all files of a recording. */
export interface RecordingSums { readonly files: number; readonly pictures: number; readonly fileBytes: number }

/** The contents of a clip, and its gaps. */
export function clipLines(made: Clip): string {
  const { file, codec, width, height, from, to, gaps } = made;
  const lines = [`${file}: ${codec} ${width}x${height}, ${fileInWords(made)}, from ${timeOf(from)} to ${timeOf(to)}`, ...gaps.map(missingInWords)];
  return lines.map((line) => `${withoutControls(line)}\n`).join('');
}

function fileInWords({ pictures, durationMs, bytes }: Pick<RecordClosed, 'pictures' | 'durationMs' | 'bytes'>): string {
  return `${pictures} pictures in ${(durationMs / 1000).toFixed(1)} s (${sizeText(bytes)})`;
}

function missingInWords({ size, cause, from, to }: Pick<RecordGap, 'size' | 'cause' | 'from' | 'to'>): string {
  const what = size === 0 ? cause : `${size} ${cause === 'undecodable' ? cause : `missing, ${cause}`}`;
  const where = [from === undefined ? '' : ` after ${timeOf(from)}`, to === undefined ? '' : ` before ${timeOf(to)}`].join('');
  return `${what}${where}`;
}

function factsOf(one: Received | Verified): object {
  const { topic, key, partition, offset, streamId, timestamp, format, camera, id, inputOrder, seq, frames, pts, capturedAt, width, height } = one;
  const { keyframe, codec, mode, value, expired } = one;
  const verdict = 'verdict' in one ? { verdict: one.verdict, decodable: one.decodable } : {};
  return {
    topic, key, partition, offset, streamId, timestamp, format, camera, id, inputOrder, seq, frames, pts, capturedAt, width, height,
    keyframe, codec, mode, bytes: value.length, expired, ...verdict,
  };
}

function messageInWords(one: Received | Verified): string {
  const { camera, inputOrder, seq, keyframe, codec, width, height, value, partition, offset, streamId, capturedAt, timestamp } = one;
  const place = streamId ?? (partition === undefined ? offset : `${partition}:${offset ?? ''}`);
  const words = [
    timeOf(capturedAt ?? timestamp), camera, inputOrder === undefined ? '' : `#${inputOrder}`, seq === undefined ? '' : `picture ${seq}`,
    codec ?? '', width === undefined || height === undefined ? '' : `${width}x${height}`, keyframe === true ? 'keyframe' : '',
    sizeText(value.length), `at ${place ?? '?'}`, 'verdict' in one ? verdictOf(one) : '',
  ];
  return words.filter((word) => word !== '').join(' ');
}

function verdictOf({ verdict, decodable }: Verified): string {
  return verdict === 'whole' && !decodable ? 'whole, undecodable' : verdict;
}

function gapInWords({ camera, size, cause, from, to, timestamp }: Gap): string {
  const range = from === undefined ? '' : ` (#${from} to #${to ?? from})`;
  return `${timeOf(timestamp)} ${camera} ${size} missing, ${cause}${range}`;
}

function timeOf(ms: number): string {
  return ms >= 0 && ms <= 8.64e15 ? new Date(ms).toISOString() : 'no time';
}
