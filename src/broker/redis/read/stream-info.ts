/** The state of a whole stream, from XINFO STREAM. */
import type { Redis } from 'ioredis';
import { FIRST_ID } from './ids.js';

export interface StreamInfo {
  /** Id of the last entry added, even if it has been removed. */
  readonly lastId: string;
  /** Id of the oldest existing entry. */
  readonly firstId: string | undefined;
  /** Number of existing entries. */
  readonly length: number;
  /** Number of entries ever added; undefined before Redis 7. */
  readonly added: number | undefined;
}

/** The state of a stream; undefined if it does not exist. */
export async function streamInfo(redis: Redis, topic: string): Promise<StreamInfo | undefined> {
  try {
    return parseStreamInfo(await redis.xinfo('STREAM', topic));
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return undefined;
    throw error;
  }
}

/** Parses the answer to XINFO STREAM; undefined if there is none. */
export function parseStreamInfo(answer: unknown): StreamInfo | undefined {
  if (!Array.isArray(answer)) return undefined;
  const facts = new Map<string, unknown>();
  for (let index = 0; index + 1 < answer.length; index += 2) facts.set(String(answer[index]), answer[index + 1]);
  const number = (name: string) => (typeof facts.get(name) === 'number' ? facts.get(name) as number : undefined);
  const text = (name: string) => (typeof facts.get(name) === 'string' ? facts.get(name) as string : undefined);
  const first = facts.get('first-entry');
  return {
    lastId: text('last-generated-id') ?? FIRST_ID, length: number('length') ?? 0,
    firstId: Array.isArray(first) ? String(first[0]) : undefined,
    added: number('entries-added'),
  };
}
