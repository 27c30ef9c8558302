/** Classifies errors of the protocol and of kafkajs, and the entries of its log. */
import { GIVEN_UP } from './sockets.js';

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/** The metadata of the topic is outdated: it is looked up again. */
const STALE = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'REPLICA_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH',
]);
const UNAUTHORIZED = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED']);

interface KafkaError extends Error { type?: string; cause?: unknown; errors?: readonly unknown[] }

/** The protocol's name of an error, or the client's. */
export function kindOf(error: unknown): string {
  const { type, name, cause, errors } = (error ?? {}) as KafkaError;
  if (type !== undefined) return type;
  const inner = errors?.[0] ?? cause;
  return inner === undefined || inner === error ? name : kindOf(inner);
}

export const isTooLarge = (error: unknown): boolean => TOO_LARGE.has(kindOf(error));
export const isStale = (error: unknown): boolean => STALE.has(kindOf(error));
export const isUnauthorized = (error: unknown): boolean => UNAUTHORIZED.has(kindOf(error));
export const isWrongTime = (error: unknown): boolean => kindOf(error) === 'INVALID_TIMESTAMP';

/** Levels of kafkajs. */
const INFO = 4;
const DEBUG = 5;

/**
 * The client logs errors that the sender recovers from, and refusals that are reported elsewhere: none of them is an error.
 * @param text - from `logEntryText`; the destruction of a socket by rxcam is logged at level debug
 */
export function levelOf(level: number, text: string): 'debug' | 'info' | 'warn' {
  if (level >= DEBUG || text.startsWith('Response ') || text.includes(GIVEN_UP)) return 'debug';
  return level === INFO ? 'info' : 'warn';
}

export function logEntryText({ message, error }: { readonly message: string; readonly error?: unknown }): string {
  return typeof error === 'string' ? `${message}: ${error}` : message;
}
