/** Checks the Redis user's rights: one that is needed only after hours is tested when a stream is first written to. */
import type { Redis } from 'ioredis';
import { Subject } from 'rxjs';
import { BrokerUnauthorized, BrokerUnavailable, type RxcamError } from '../../core/errors/errors.js';

/** Redis 7 names the command, and a subcommand after `|`; Redis 6 the command. */
const NO_COMMAND = /^NOPERM\b.*'(\w+)(?:\|\w+)?'/i;

/** The command that the user may not run, as the server names it. */
export function refusedCommand(text: string): string | undefined {
  return NO_COMMAND.exec(text)?.[1]?.toLowerCase();
}

export class RedisRights {
  readonly #warnings = new Subject<RxcamError>();
  readonly warnings$ = this.#warnings.asObservable();
  readonly #tried = new Set<string>();
  readonly #untrimmed = new Set<string>();
  #hasWarned = false;

  constructor(readonly failure: (reason: string) => string) {}

  /** Trims no entries of streams that are written to for the first time, to test the right. */
  async tryTrim(redis: Redis, topics: readonly string[]): Promise<void> {
    const untried = topics.filter((topic) => !this.#tried.has(topic));
    if (untried.length === 0) return;
    const pipeline = redis.pipeline();
    for (const topic of untried) pipeline.xtrim(topic, 'MINID', '~', '0-0');
    const answers = await pipeline.exec() ?? [];
    for (const [index, topic] of untried.entries()) {
      this.#tried.add(topic);
      const { message = '' } = answers[index]?.[0] ?? {};
      if (refusedCommand(message) === 'xtrim' || message.includes('syntax error')) this.noTrim(topic, message);
    }
  }

  mayTrim(topic: string): boolean {
    return !this.#untrimmed.has(topic);
  }

  /** A stream can't be trimmed: only a warning, because the number of its entries is limited anyway. */
  noTrim(topic: string, reason: string): void {
    this.#untrimmed.add(topic);
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const text = this.failure(`${reason}: stream '${topic}' is bounded by maxLen alone, not by maxStreamBytes`);
    this.#warnings.next(refusedCommand(reason) === undefined ? new BrokerUnavailable(text) : new BrokerUnauthorized(text));
  }

  /** Forgets all: another connection may be another user's, or another server's. */
  reset(): void {
    this.#tried.clear();
    this.#untrimmed.clear();
  }

  forget(topic: string): void {
    this.#tried.delete(topic);
    this.#untrimmed.delete(topic);
  }
}
