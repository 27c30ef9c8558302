/** Classifies errors of the protocol and of kafkajs, and the entries of its log. */
import { GIVEN_UP } from './sockets.js';

const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
/** Errors that show that the metadata of a topic is outdated: it is looked up again. */
const STALE = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION', 'REPLICA_NOT_AVAILABLE', 'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH',
]);
const UNAUTHORIZED = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED']);

interface KafkaError extends Error { type?: string; cause?: unknown; errors?: readonly unknown[] }

/** The protocol's name of an error, such as `MESSAGE_TOO_LARGE`, or the name that the client library gives it. */
export function errorName(error: unknown): string {
  const { type, name, cause, errors } = (error ?? {}) as KafkaError;
  if (type !== undefined) return type;
  const inner = errors?.[0] ?? cause;
  return inner === undefined || inner === error ? name : errorName(inner);
}

export const isTooLarge = (error: unknown): boolean => TOO_LARGE.has(errorName(error));
export const isStale = (error: unknown): boolean => STALE.has(errorName(error));
export const isUnauthorized = (error: unknown): boolean => UNAUTHORIZED.has(errorName(error));
export const isWrongTime = (error: unknown): boolean => errorName(error) === 'INVALID_TIMESTAMP';

/** Levels of kafkajs. */
const INFO = 4;
const DEBUG = 5;

/**
 * The level of a log entry. Errors of the client library are warnings: the sender recovers from them, or reports them.
 * @param text - from `logEntryText`; the destruction of a socket by rxcam is logged at level debug
 */
export function levelOf(level: number, text: string): 'debug' | 'info' | 'warn' {
  if (level >= DEBUG || text.startsWith('Response ') || text.includes(GIVEN_UP)) return 'debug';
  return level === INFO ? 'info' : 'warn';
}

/** The text of a log entry, with its error. */
export function logEntryText({ message, error }: { readonly message: string; readonly error?: unknown }): string {
  return typeof error === 'string' ? `${message}: ${error}` : message;
}
