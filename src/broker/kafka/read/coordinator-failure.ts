/** The reason why a group has no coordinator: kafkajs reports only that it has found none, even if the login lacks a right. */
import { KafkaNodes, errorName } from '../client/index.js';
import type { KafkaOptions } from '../options.js';
import { type LogEntry, errorOf } from '../wire/index.js';
import type { ClusterHooks } from './cluster.js';
import { coordinatorRequest, readCoordinatorError } from './protocol/index.js';

/** The error itself, or the error in the brokers' answer if kafkajs has discarded it. */
export async function coordinatorFailure(error: unknown, group: string, options: KafkaOptions, hooks: ClusterHooks): Promise<unknown> {
  if (errorName(error) !== 'KafkaJSGroupCoordinatorNotFound') return error;
  const newWire = await hooks.newWire();
  const log = (level: number, entry: LogEntry) => { hooks.log(level, entry); };
  const nodes = new KafkaNodes(options, { newWire, log, paused: () => { /* A single request needs no report. */ } }, () => hooks.brokers());
  // Nothing else keeps the process alive while a group has no connection.
  nodes.hold(true);
  try {
    const { answer: { payload } } = await nodes.askAny('Raw', coordinatorRequest(group));
    return errorOf(readCoordinatorError(payload)) ?? error;
  } catch {
    return error;
  } finally {
    nodes.destroy();
  }
}
