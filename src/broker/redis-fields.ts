/** The fields of a Redis entry. */
import { type Outgoing, eachHeader } from './driver.js';

/** One field for each header, and `data`; or a format's own. The key goes with them where the headers don't say it. */
export function fieldsOf(outgoing: Outgoing): (string | Buffer)[] {
  const { key, message } = outgoing;
  const fields: (string | Buffer)[] = [];
  let isKeySaid = false, isOther = false;
  const add = (name: string, value: string | Buffer) => {
    isKeySaid ||= name === 'ce_key' && value === key;
    isOther ||= name === '_message_key';
    fields.push(name, value);
  };
  if (message.fields === undefined) {
    eachHeader(outgoing, (name, value) => { if (name !== 'data') add(name, value); });
    fields.push('data', message.value);
  } else {
    for (const name in message.fields) add(name, message.fields[name] as string | Buffer);
  }
  if (!isKeySaid && !isOther) fields.push('_message_key', key);
  return fields;
}
