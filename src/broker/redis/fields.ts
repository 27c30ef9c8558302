/** The fields of a Redis entry. */
import { type Outgoing, eachHeader } from '../driver.js';

/** One field for each header, and `data`; or a format's own. The key goes with them where the headers don't say it. */
export function fieldsOf(outgoing: Outgoing): (string | Buffer)[] {
  const { key, message } = outgoing;
  const fields: (string | Buffer)[] = [];
  if (message.fields === undefined) {
    eachHeader(outgoing, (name, value) => { if (name !== 'data') fields.push(name, value); });
    fields.push('data', message.value);
  } else {
    for (const name in message.fields) fields.push(name, message.fields[name] as string | Buffer);
  }
  const { ce_key: said, _message_key: own } = message.fields ?? message.headers;
  if (said !== key && own === undefined) fields.push('_message_key', key);
  return fields;
}
