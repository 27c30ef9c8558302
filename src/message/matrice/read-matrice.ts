/** Reads the matrice layout: a JSON document with the bytes in base64, whose top members are separate fields on Redis. */
import type { Facts } from '../facts.js';
import type { MessageHeaders } from '../headers.js';
import { startsAtKeyframe } from './keyframe.js';
import { parseCodec } from '../value-parsers.js';

/** The beginning of a document, with its id and number, before the large members. */
const BEGINNING = /^\{"frame_id":"(\w*)","input_name":"\w+_(\d+)"/;
const BEGINNING_BYTES = 200;
const TIME = '"stream_time":"';
const TIME_LENGTH = '2026-01-02-03:04:05.678000 UTC'.length;

type Members = Readonly<Record<string, unknown>>;

/** The facts in the document; undefined if the value is not such a document. */
export function readMatrice(value: Buffer, headers: MessageHeaders): Facts | undefined {
  if (value[0] !== 0x7b) return undefined;
  const [, id = headers.get('frame_id'), order = numberOf(headers)] =
    BEGINNING.exec(value.toString('latin1', 0, BEGINNING_BYTES)) ?? [];
  if (id === undefined || order === undefined) return undefined;
  return { format: 'matrice', id, inputOrder: Number(order), ...streamFacts(value) };
}

/** The time of capture, which is near the beginning, before the bytes: the rest is not read. Undefined if it is absent. */
export function peekMatrice(value: Buffer): number | undefined {
  if (value[0] !== 0x7b) return undefined;
  const at = value.indexOf(TIME);
  return at < 0 ? undefined : wallTime(value.toString('latin1', at + TIME.length, at + TIME.length + TIME_LENGTH));
}

/** The number in `input_name`, such as `frame_12`, which is a separate field on Redis. */
function numberOf(headers: MessageHeaders): string | undefined {
  return /_(\d+)$/.exec(headers.get('input_name') ?? '')?.[1];
}

function streamFacts(value: Buffer): Omit<Facts, 'format'> {
  const document = parsed(value);
  const stream = membersOf(document?.['input_stream'] ?? document);
  // Truncated or altered: no bytes have an empty digest.
  if (stream === undefined || typeof stream['content'] !== 'string') return { data: Buffer.alloc(0), digest: { algorithm: 'md5', hex: '' } };
  const data = Buffer.from(stream['content'], 'base64');
  const codec = parseCodec(stream['video_codec']);
  const mode = stream['stream_unit'] === 'segment' ? 'stream' : 'frame';
  const { width, height } = membersOf(stream['stream_resolution']) ?? {};
  const hash = stream['input_hash'];
  const isStripped = data.length === 0 && typeof hash === 'string';
  return {
    data, codec, mode,
    camera: text(membersOf(stream['camera_info'])?.['camera_name']),
    seq: number(stream['start_frame']), frames: number(stream['frame_count']),
    pts: mediaTime(stream['video_timestamp']), capturedAt: wallTime(membersOf(stream['stream_info'])?.['stream_time']),
    width: number(width), height: number(height),
    keyframe: codec !== undefined && (mode === 'frame' || startsAtKeyframe(data, codec)),
    referenceOrder: number(membersOf(stream['difference_metadata'])?.['reference_order']),
    digest: typeof hash === 'string' && !isStripped ? { algorithm: 'md5', hex: hash } : undefined,
  };
}

function parsed(value: Buffer): Members | undefined {
  try {
    return membersOf(JSON.parse(value.toString()));
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null ? value as Members : undefined;
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `00:01:02:345` in µs. */
function mediaTime(value: unknown): number | undefined {
  const parts = /^(\d+):(\d\d):(\d\d):(\d{3})$/.exec(text(value) ?? '')?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = parts;
  return (((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms) * 1_000;
}

/** `2026-01-02-03:04:05.678000 UTC`. */
function wallTime(value: unknown): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)-(\d\d:\d\d:\d\d\.\d{3})\d* UTC$/.exec(text(value) ?? '') ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}
