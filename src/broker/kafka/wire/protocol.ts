/** The errors of Kafka's protocol by their numbers: kafkajs's table, which is private, importable, and plain data. */
// @ts-expect-error -- private, and without types
import protocolErrors from 'kafkajs/src/protocol/error.js';

/** The error of a code, with its name as `type`; undefined for none. */
export function errorOf(code: number): Error | undefined {
  return code === 0 ? undefined : (protocolErrors as { createErrorFromCode(code: number): Error }).createErrorFromCode(code);
}
