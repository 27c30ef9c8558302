/** Messages as a sender makes them and a broker brings them, for tests of what reads them. */
import { createHash } from 'node:crypto';
import { PlainHeaders, Received, type ReceivedParts } from '../../../src/message/index.js';

/** One that was sent. */
export interface Sent {
  readonly order: number;
  /** inputOrder sent before it. */
  readonly previous?: number;
  readonly camera?: string;
  readonly run?: string;
  readonly mode?: 'frame' | 'stream';
  readonly keyframe?: boolean;
  readonly referenceOrder?: number;
  readonly epoch?: number;
  /** The id of the last message of the owner before, or `unknown`. */
  readonly handover?: string;
  readonly value?: Buffer;
  readonly more?: Partial<ReceivedParts>;
}

/** A received message in cloudevents. */
export function received(sent: Sent): Received {
  const { order, previous = order - 1, camera = 'cam', run = 'run', mode = 'frame', keyframe = true, referenceOrder, epoch, handover, more } = sent;
  const { value = Buffer.from(`picture ${camera} ${run} ${order}`) } = sent;
  const headers = {
    ce_specversion: '1.0', ce_id: `${camera}/${run}/${order}`, ce_key: camera, ce_seq: String(order), ce_inputorder: String(order),
    ce_previousorder: String(previous), ce_mode: mode, ce_keyframe: String(keyframe), ce_codec: 'h265',
    ce_sha256: createHash('sha256').update(value).digest('hex'),
    ...(epoch !== undefined && { ce_epoch: String(epoch) }),
    ...(handover !== undefined && { ce_handover: handover }),
    ...(referenceOrder !== undefined && { ce_referenceorder: String(referenceOrder) }),
  };
  return new Received({ topic: 'video', key: camera, value, headers: new PlainHeaders(headers), timestamp: 0, ...more });
}

/** The same with other bytes. */
export function cut(sent: Sent): Received {
  const whole = received(sent);
  return received({ ...sent, more: { ...sent.more, value: whole.value.subarray(0, -1), headers: new PlainHeaders(whole.headers) } });
}
