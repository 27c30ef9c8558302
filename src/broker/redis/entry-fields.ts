/** The fields of a Redis entry. */
import { type Outgoing, eachHeader } from '../driver.js';
import type { CommandArguments } from './transaction.js';

/** Adds a field for each header, and the value as `data`; or a format's own fields. Adds the key if no field states it. */
export function addFields(args: CommandArguments, outgoing: Outgoing): CommandArguments {
  const { key, message } = outgoing;
  if (message.fields === undefined) {
    eachHeader(outgoing, (name, value) => { if (name !== 'data') args.addField(name, value); });
    args.add('data', message.value);
  } else {
    for (const name in message.fields) args.add(name, message.fields[name] as string | Buffer);
  }
  const { ce_key: statedKey, _message_key: keyField } = message.fields ?? message.headers;
  if (statedKey !== key && keyField === undefined) args.addField('_message_key', key);
  return args;
}
