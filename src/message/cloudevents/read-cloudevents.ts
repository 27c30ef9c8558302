/** Reads CloudEvents in binary mode: each fact is a header, which is read on access. */
import type { Codec, EncodeMode } from '../../core/frame/frame.js';
import { UNKNOWN_HANDOVER } from '../../core/frame/fence.js';
import type { PictureFacts } from '../../core/frame/picture-facts.js';
import type { Facts } from '../facts.js';
import type { MessageHeaders } from '../headers.js';
import { parseCodec, parseCount, parseInteger } from '../value-parsers.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** The facts in the headers; undefined if they have no `ce_id`. */
export function readCloudevents(value: Buffer, headers: MessageHeaders): Facts | undefined {
  const id = headers.get('ce_id');
  return id === undefined ? undefined : new CloudeventsFacts(id, value, headers);
}

/** The time of capture alone; undefined if the headers do not state it. */
export function peekCloudevents(headers: MessageHeaders): number | undefined {
  return timeOf(headers, 'ce_time');
}

class CloudeventsFacts implements Facts {
  readonly format = 'cloudevents';

  constructor(readonly id: string, readonly data: Buffer, readonly headers: MessageHeaders) {}

  get sender(): string | undefined {
    return senderOf(this.id);
  }

  get camera(): string | undefined {
    // A camera's key may contain slashes: the last two parts of the id are the run and the number.
    const { sender } = this;
    const end = sender?.lastIndexOf('/') ?? -1;
    return end < 0 ? this.headers.get('ce_key') : sender?.slice(0, end);
  }

  get inputOrder(): number | undefined { return this.#number('ce_inputorder'); }
  get previousOrder(): number | undefined { return this.#number('ce_previousorder'); }
  get referenceOrder(): number | undefined { return this.#number('ce_referenceorder'); }
  get epoch(): number | undefined { return this.#number('ce_epoch'); }

  get handover(): Facts['handover'] {
    const id = this.headers.get('ce_handover');
    if (id === undefined || id === UNKNOWN_HANDOVER) return id;
    const sender = senderOf(id);
    const inputOrder = sender === undefined ? undefined : parseCount(id.slice(sender.length + 1));
    return sender === undefined || inputOrder === undefined ? undefined : { sender, inputOrder };
  }

  get seq(): number | undefined { return this.#number('ce_seq'); }
  get frames(): number { return this.#number('ce_frames') ?? 1; }
  get pts(): number | undefined { return parseInteger(this.headers.get('ce_pts')); }
  get width(): number | undefined { return this.#number('ce_width'); }
  get height(): number | undefined { return this.#number('ce_height'); }
  get codec(): Codec | undefined { return parseCodec(this.headers.get('ce_codec')); }

  get rotation(): number | undefined { return this.#number('ce_rotation'); }
  get hidden(): number | undefined { return this.#number('ce_hidden'); }
  get capturedAt(): number | undefined { return timeOf(this.headers, 'ce_time'); }
  get keyframeAt(): number | undefined { return timeOf(this.headers, 'ce_keyframetime'); }

  /** The headers state each picture's differences from the first. */
  get pictures(): readonly PictureFacts[] | undefined {
    const [seqs, pts, times] = ['ce_frameseqs', 'ce_framepts', 'ce_frametimes'].map((name) => this.headers.get(name)?.split(',').map(Number));
    const { seq, pts: firstPts, capturedAt } = this;
    if (seqs === undefined || seq === undefined || firstPts === undefined || capturedAt === undefined) return undefined;
    if (pts?.length !== seqs.length || times?.length !== seqs.length) return undefined;
    return seqs.map((one, index) => ({ seq: seq + one, pts: firstPts + (pts[index] ?? 0), capturedAt: capturedAt + (times[index] ?? 0) }));
  }

  get keyframe(): boolean | undefined {
    const text = this.headers.get('ce_keyframe');
    return text === undefined ? undefined : text === 'true';
  }

  get mode(): EncodeMode | undefined {
    const text = this.headers.get('ce_mode');
    return text === 'stream' || text === 'frame' ? text : undefined;
  }

  get digest(): Facts['digest'] {
    const hex = this.headers.get('ce_sha256');
    // An invalid digest matches no bytes.
    return hex === undefined ? undefined : { algorithm: 'sha256', hex: SHA256.test(hex) ? hex : '' };
  }

  #number(name: string): number | undefined {
    return parseCount(this.headers.get(name));
  }
}

/** The id without the number at its end; undefined if it has none. */
function senderOf(id: string): string | undefined {
  const end = id.lastIndexOf('/');
  return end < 0 ? undefined : id.slice(0, end);
}

function timeOf(headers: MessageHeaders, name: string): number | undefined {
  const text = headers.get(name);
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
