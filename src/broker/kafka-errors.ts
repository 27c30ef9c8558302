/** Tells apart what kafkajs throws. */

/** Errors that concern some topic or partition, while the broker itself answers. */
const OF_A_TOPIC = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'REPLICA_NOT_AVAILABLE', 'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'TOPIC_AUTHORIZATION_FAILED', 'INVALID_TOPIC_EXCEPTION', 'KAFKA_STORAGE_ERROR', 'CORRUPT_MESSAGE',
  'INVALID_TIMESTAMP', 'POLICY_VIOLATION', 'INVALID_RECORD', 'INVALID_REPLICATION_FACTOR', 'INVALID_PARTITIONS', 'INVALID_CONFIG',
  'KafkaJSBrokerNotFound', 'KafkaJSMetadataNotLoaded', 'KafkaJSTopicMetadataNotLoaded',
]);
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/** The client's idea of the topics is wrong, and it would ask for one that is gone with each request. */
const STALE = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION', 'TOPIC_AUTHORIZATION_FAILED']);

interface KafkaError extends Error { type?: string; cause?: unknown; errors?: readonly unknown[] }

/** The protocol's name of an error, or the client's. */
export function kindOf(error: unknown): string {
  const { type, name, cause, errors } = (error ?? {}) as KafkaError;
  if (type !== undefined) return type;
  const inner = errors?.[0] ?? cause;
  return inner === undefined || inner === error ? name : kindOf(inner);
}

export const concernsTopic = (error: unknown): boolean => OF_A_TOPIC.has(kindOf(error));
export const isTooLarge = (error: unknown): boolean => TOO_LARGE.has(kindOf(error));
export const isStale = (error: unknown): boolean => STALE.has(kindOf(error));
export const isWrongTime = (error: unknown): boolean => kindOf(error) === 'INVALID_TIMESTAMP';
