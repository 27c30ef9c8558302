/** The matrice layout: one JSON document with the bytes in base64, without headers. */
import { randomUUID } from 'node:crypto';
import { MATRICE } from '../../core/defaults/defaults.js';
import type { EncodedFrame } from '../../core/frame/frame.js';
import type { FormattedMessage, MessageContext } from '../format.js';
import { membersText } from './json.js';
import { infoOf, isSegment, inputStreamOf } from './matrice-facts.js';

/**
 * The value is UTF-8 JSON. Broker and topic, which only `publish` knows, come before the large members: the text after them is
 * written once, and copied when they are known.
 */
export function matrice(frame: EncodedFrame, context: MessageContext): FormattedMessage {
  const id = randomUUID().replaceAll('-', '');
  const unit = isSegment(frame) ? 'segment' : 'frame';
  const top = { frame_id: id, input_name: `${unit}_${context.inputOrder}`, input_unit: unit };
  const start = `{${membersText(top)},"input_stream":`;
  const head = (broker: string | null, topic: string | null) =>
    `${start}{${membersText({ ip_key_name: context.serviceId ?? MATRICE.serviceId })},"stream_info":{${membersText({ broker, topic })},`;
  const value = Buffer.from(`${head(null, null)}${membersText(infoOf(context))}},${membersText(inputStreamOf(frame, context))}}}`);
  const rest = value.subarray(Buffer.byteLength(head(null, null)), -1);
  return {
    id, key: context.key, value,
    complete: ({ kind, servers = null, topic }) => {
      const isKafka = kind === 'kafka';
      const end = isKafka ? `,${membersText({ _msg_id: randomUUID() })}}` : '}';
      const whole = Buffer.concat([Buffer.from(head(servers, topic)), rest, Buffer.from(end)]);
      if (kind !== 'redis') return { value: whole };
      const fields = { ...top, input_stream: whole.subarray(Buffer.byteLength(start), -1) };
      return { value: whole, fields, consumerGroup: `${topic}_group` };
    },
  };
}
