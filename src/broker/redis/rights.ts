/** Checks the Redis user's right to trim a stream when it is first written to: without a check, a missing right shows only after hours. */
import type { Redis } from 'ioredis';
import { Subject } from 'rxjs';
import { BrokerUnauthorized, BrokerUnavailable, type RxcamError } from '../../core/errors/errors.js';

/** Redis 7 names the command, and a subcommand after `|`; Redis 6 names only the command. */
const NO_COMMAND = /^NOPERM\b.*'(\w+)(?:\|\w+)?'/i;

/** The command that the user may not run, in lower case; undefined for another error. */
export function refusedCommand(text: string): string | undefined {
  return NO_COMMAND.exec(text)?.[1]?.toLowerCase();
}

export class RedisRights {
  readonly #warnings = new Subject<RxcamError>();
  readonly warnings$ = this.#warnings.asObservable();
  readonly #tested = new Set<string>();
  /** Streams that can't be trimmed. */
  readonly #untrimmed = new Set<string>();
  #hasWarned = false;

  constructor(readonly describe: (reason: string) => string) {}

  /** Tests the right on streams that are written to for the first time, by a command that removes no entries. */
  async testTrim(redis: Redis, topics: readonly string[]): Promise<void> {
    const untested = topics.filter((topic) => !this.#tested.has(topic));
    if (untested.length === 0) return;
    const pipeline = redis.pipeline();
    for (const topic of untested) pipeline.xtrim(topic, 'MINID', '~', '0-0');
    const answers = await pipeline.exec() ?? [];
    for (const [index, topic] of untested.entries()) {
      this.#tested.add(topic);
      const { message = '' } = answers[index]?.[0] ?? {};
      if (refusedCommand(message) === 'xtrim' || message.includes('syntax error')) this.trimRefused(topic, message);
    }
  }

  mayTrim(topic: string): boolean {
    return !this.#untrimmed.has(topic);
  }

  /** Called when a stream can't be trimmed: this is only a warning, because the number of its entries is limited anyway. */
  trimRefused(topic: string, reason: string): void {
    this.#untrimmed.add(topic);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = this.describe(`${reason}: stream '${topic}' is limited by maxLen alone, not by maxStreamBytes`);
    this.#warnings.next(refusedCommand(reason) === undefined ? new BrokerUnavailable(text) : new BrokerUnauthorized(text));
  }

  /** Forgets all streams: another connection may have another user or server. */
  reset(): void {
    this.#tested.clear();
    this.#untrimmed.clear();
  }

  forget(topic: string): void {
    this.#tested.delete(topic);
    this.#untrimmed.delete(topic);
  }
}
