/** CloudEvents 1.0 in binary mode: the value is the access unit itself, its metadata are headers. */
import type { Codec, EncodedFrame } from '../frame.js';
import { digest } from './digest.js';
import type { FormattedMessage, MessageContext } from './format.js';

const CONTENT_TYPES: Record<Codec, string> = { h265: 'video/h265', h264: 'video/h264', jpeg: 'image/jpeg' };

/** What no URI-reference may hold (RFC 3986). */
const NOT_IN_URI = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** The default format. Header values are strings; numbers are decimal. */
export function cloudevents(frame: EncodedFrame, context: MessageContext): FormattedMessage {
  const id = `${context.camera}/${context.processRun}/${context.inputOrder}`;
  return {
    id,
    value: frame.data,
    previousOrderHeader: 'ce_previousorder',
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: (frame.source?.address ?? `rxcam/${context.camera}`).replace(NOT_IN_URI, encodeURIComponent),
      ce_type: typeOf(frame),
      ce_time: new Date(frame.capturedAt).toISOString(),
      'content-type': CONTENT_TYPES[frame.codec],
      ce_key: context.key,
      ce_seq: String(frame.seq),
      ce_inputorder: String(context.inputOrder),
      ce_pts: String(frame.pts),
      ce_width: String(frame.width),
      ce_height: String(frame.height),
      ...(frame.sampleAspectRatio !== undefined && { ce_sampleaspectratio: frame.sampleAspectRatio }),
      ...(frame.rotation !== undefined && { ce_rotation: String(frame.rotation) }),
      ce_keyframe: String(frame.keyframe),
      ...(frame.keyframeAt !== undefined && { ce_keyframetime: new Date(frame.keyframeAt).toISOString() }),
      ...(frame.hidden !== undefined && { ce_hidden: String(frame.hidden) }),
      ce_codec: frame.codec,
      ce_mode: frame.mode,
      ...(frame.crf !== undefined && { ce_crf: String(frame.crf) }),
      ...(frame.quality !== undefined && { ce_quality: String(frame.quality) }),
      ...(frame.frames > 1 && { ce_frames: String(frame.frames), ...picturesOf(frame) }),
      ce_sha256: digest('sha256', frame.data),
      ...referenceTo(frame, context),
      ...(context.location !== undefined && { ce_location: context.location }),
      ...(context.group !== undefined && { ce_group: context.group }),
    },
  };
}

/** Of each picture in a chunk how much its seq, its media time in µs and its time in ms are behind those of the first. */
function picturesOf({ pictures, seq, pts, capturedAt }: EncodedFrame): Record<string, string> {
  if (pictures === undefined) return {};
  return {
    ce_frameseqs: pictures.map((one) => one.seq - seq).join(','),
    ce_framepts: pictures.map((one) => one.pts - pts).join(','),
    ce_frametimes: pictures.map((one) => one.capturedAt - capturedAt).join(','),
  };
}

function typeOf({ unchanged, frames }: EncodedFrame): string {
  if (unchanged !== undefined) return 'rxcam.unchanged';
  return frames > 1 ? 'rxcam.chunk' : 'rxcam.frame';
}

/** What an unchanged picture, whose value is empty, says of the last full one. */
function referenceTo({ unchanged }: EncodedFrame, { referenceOrder }: MessageContext): Record<string, string> {
  if (unchanged === undefined) return {};
  return {
    ce_skipreason: 'unchanged',
    ce_similarity: unchanged.similarity.toFixed(4),
    ce_referenceorder: String(referenceOrder),
    ce_referencesha256: digest('sha256', unchanged.reference.data),
  };
}
