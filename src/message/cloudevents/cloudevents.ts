/** CloudEvents 1.0 in binary mode: the value is the access unit itself, and its metadata are headers. */
import type { Codec, EncodedFrame, SourceInfo } from '../../core/frame/frame.js';
import { digest } from '../digest.js';
import type { FormattedMessage, MessageContext } from '../format.js';

const CONTENT_TYPES: Record<Codec, string> = { h265: 'video/h265', h264: 'video/h264', jpeg: 'image/jpeg' };

/** Characters that are not allowed in a URI-reference (RFC 3986). */
const NOT_IN_URI = /[^\x21-\x7e]|["<>\\^`{|}]/gu;

/** The `ce_source` of each capture's source, which is the same for all its pictures. */
const uris = new WeakMap<SourceInfo, string>();

/** The default format. Header values are strings; numbers are decimal. */
export function cloudevents(frame: EncodedFrame, context: MessageContext): FormattedMessage {
  const id = `${context.camera}/${context.processRun}/${context.inputOrder}`;
  // One literal and few additions: this runs for every message, and spreads would cost more than the rest.
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: uriOf(frame),
    ce_type: typeOf(frame),
    ce_time: new Date(frame.capturedAt).toISOString(),
    'content-type': CONTENT_TYPES[frame.codec],
    ce_key: context.key,
    ce_seq: String(frame.seq),
    ce_inputorder: String(context.inputOrder),
    ce_pts: String(frame.pts),
    ce_width: String(frame.width),
    ce_height: String(frame.height),
    ce_keyframe: frame.keyframe ? 'true' : 'false',
    ce_codec: frame.codec,
    ce_mode: frame.mode,
    ce_sha256: digest('sha256', frame.data),
  };
  if (frame.crf !== undefined) headers['ce_crf'] = String(frame.crf);
  if (frame.quality !== undefined) headers['ce_quality'] = String(frame.quality);
  if (context.location !== undefined) headers['ce_location'] = context.location;
  if (context.group !== undefined) headers['ce_group'] = context.group;
  if (frame.sampleAspectRatio !== undefined) headers['ce_sampleaspectratio'] = frame.sampleAspectRatio;
  if (frame.rotation !== undefined) headers['ce_rotation'] = String(frame.rotation);
  if (frame.keyframeAt !== undefined) headers['ce_keyframetime'] = new Date(frame.keyframeAt).toISOString();
  if (frame.hidden !== undefined) headers['ce_hidden'] = String(frame.hidden);
  if (frame.frames > 1) addPictures(headers, frame);
  if (frame.unchanged !== undefined) addReference(headers, frame.unchanged, context);
  return { id, value: frame.data, previousOrderHeader: 'ce_previousorder', epochHeader: 'ce_epoch', handoverHeader: 'ce_handover', headers };
}

/** For each picture in a chunk: its seq, media time in µs and time of capture in ms, as differences from the first. */
function addPictures(headers: Record<string, string>, { frames, pictures, seq, pts, capturedAt }: EncodedFrame): void {
  headers['ce_frames'] = String(frames);
  if (pictures === undefined) return;
  headers['ce_frameseqs'] = pictures.map((one) => one.seq - seq).join(',');
  headers['ce_framepts'] = pictures.map((one) => one.pts - pts).join(',');
  headers['ce_frametimes'] = pictures.map((one) => one.capturedAt - capturedAt).join(',');
}

/** Headers of an unchanged picture, whose value is empty, about the last full one. */
function addReference(headers: Record<string, string>, unchanged: NonNullable<EncodedFrame['unchanged']>, context: MessageContext): void {
  headers['ce_skipreason'] = 'unchanged';
  headers['ce_similarity'] = unchanged.similarity.toFixed(4);
  headers['ce_referenceorder'] = String(context.referenceOrder);
  headers['ce_referencesha256'] = digest('sha256', unchanged.reference.data);
}

function typeOf({ unchanged, frames }: EncodedFrame): string {
  if (unchanged !== undefined) return 'rxcam.unchanged';
  return frames > 1 ? 'rxcam.chunk' : 'rxcam.frame';
}

function uriOf({ source, camera }: EncodedFrame): string {
  if (source === undefined) return `rxcam/${camera}`.replace(NOT_IN_URI, encodeURIComponent);
  let uri = uris.get(source);
  if (uri === undefined) uris.set(source, uri = source.address.replace(NOT_IN_URI, encodeURIComponent));
  return uri;
}
