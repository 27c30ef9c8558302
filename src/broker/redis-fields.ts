/** The fields of a Redis entry. */
import type { Outgoing } from './driver.js';

/** One field for each header, and `data`; or a format's own. The key goes with them where the headers don't say it. */
export function fieldsOf({ key, headers, message }: Outgoing): (string | Buffer)[] {
  const fields: Record<string, string | Buffer> = message.fields === undefined ? { ...headers, data: message.value } : { ...message.fields };
  if (fields['ce_key'] !== key) fields['_message_key'] ??= key;
  return Object.entries(fields).flat();
}
