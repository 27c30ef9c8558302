/** Facts that Redis gives about a stream as a whole. */
import type { Redis } from 'ioredis';
import { FIRST_ID } from './ids.js';

export interface StreamState {
  /** Id of the last entry that was added, be it removed since. */
  readonly lastId: string;
  /** Id of the oldest entry that is there. */
  readonly firstId: string | undefined;
  readonly length: number;
  /** From Redis 7 on: how many entries were ever added. */
  readonly added: number | undefined;
}

/** Undefined while there is no such stream. */
export async function stateOf(redis: Redis, topic: string): Promise<StreamState | undefined> {
  try {
    return stateFrom(await redis.xinfo('STREAM', topic));
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such key')) return undefined;
    throw error;
  }
}

/** Reads the answer to XINFO STREAM; undefined for none. */
export function stateFrom(answer: unknown): StreamState | undefined {
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
