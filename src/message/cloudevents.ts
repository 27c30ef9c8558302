/** CloudEvents 1.0 in binary mode: the value is the access unit itself, its metadata are headers. */
import { createHash } from 'node:crypto';
import type { Codec, EncodedFrame } from '../frame.js';
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
      ce_type: frame.frames > 1 ? 'rxcam.chunk' : 'rxcam.frame',
      ce_time: new Date(frame.capturedAt).toISOString(),
      'content-type': CONTENT_TYPES[frame.codec],
      ce_key: context.key,
      ce_seq: String(frame.seq),
      ce_inputorder: String(context.inputOrder),
      ce_pts: String(frame.pts),
      ce_width: String(frame.width),
      ce_height: String(frame.height),
      ce_keyframe: String(frame.keyframe),
      ce_codec: frame.codec,
      ce_mode: frame.mode,
      ...(frame.crf !== undefined && { ce_crf: String(frame.crf) }),
      ...(frame.quality !== undefined && { ce_quality: String(frame.quality) }),
      ...(frame.frames > 1 && { ce_frames: String(frame.frames) }),
      ce_sha256: createHash('sha256').update(frame.data).digest('hex'),
      ...(context.location !== undefined && { ce_location: context.location }),
      ...(context.group !== undefined && { ce_group: context.group }),
    },
  };
}
