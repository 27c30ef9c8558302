/**
 * One MULTI … EXEC as one write. A pipeline of ioredis creates an object, a promise, a timer and copies for each command, and
 * copies all commands once more. Here only ioredis's connection, queue and parser are used, and the bytes are written once.
 */
import { Command, type Redis } from 'ioredis';
import type { Socket } from 'node:net';
import { HeaderTextCache } from '../driver.js';

/** Result of one command of the transaction. */
export type RedisReply = string | number | null | Error | readonly RedisReply[];

/** Why a transaction was not executed; `previousErrors` are the answers that refused single commands. */
export interface AbortedError extends Error { previousErrors?: readonly Error[] }

const MULTI = '*1\r\n$5\r\nMULTI\r\n';
const EXEC = '*1\r\n$4\r\nEXEC\r\n';

/** The arguments of a command, encoded. */
export class CommandArguments {
  /** Text and bytes in turn; `text` is the text after them. A character of text is one byte. */
  readonly chunks: (string | Buffer)[] = [];
  text = '';
  count = 0;

  add(...args: readonly (string | Buffer | number)[]): this {
    for (const arg of args) {
      this.count++;
      if (typeof arg === 'object') {
        this.chunks.push(`${this.text}$${arg.length}\r\n`, arg);
        this.text = '\r\n';
      } else {
        this.text += encoded(String(arg));
      }
    }
    return this;
  }

  /** Adds a name and a value. */
  addField(name: string, value: string): void {
    this.count += 2;
    this.text += fieldTexts.of(name, value);
  }
}

const fieldTexts = new HeaderTextCache((name, value) => encoded(name) + encoded(value));

function encoded(value: string): string {
  const bytes = Buffer.byteLength(value);
  return `$${bytes}\r\n${bytes === value.length ? value : Buffer.from(value).toString('latin1')}\r\n`;
}

export class Transaction {
  readonly #chunks: (string | Buffer)[] = [];
  #text = MULTI;
  #commands = 0;

  add(...args: readonly (string | Buffer | number)[]): void {
    this.addCommand(this.arguments(...args));
  }

  /** Starts a command with its first arguments. `addCommand` adds it when it is complete. */
  arguments(...args: readonly (string | Buffer | number)[]): CommandArguments {
    return new CommandArguments().add(...args);
  }

  addCommand({ chunks, text, count }: CommandArguments): void {
    this.#commands++;
    const head = `${this.#text}*${count}\r\n`;
    const [first, ...others] = chunks;
    if (first === undefined) {
      this.#text = head + text;
    } else {
      this.#chunks.push(head + (first as string), ...others);
      this.#text = text;
    }
  }

  /** Resolves with the results of the commands. Rejects with an {@link AbortedError} if nothing was executed, as far as is known. */
  async exec(redis: Redis): Promise<readonly RedisReply[]> {
    const refusals: Error[] = [];
    const queued = new QueuedCommand(refusals) as unknown as Command;
    const exec = new ExecCommand([...this.#chunks, this.#text]);
    // MULTI and each command have an answer; their bytes are part of `exec`.
    for (let index = 0; index <= this.#commands; index++) redis.sendCommand(queued, NO_SOCKET);
    redis.sendCommand(exec as unknown as Command);
    (redis.stream as Socket | undefined)?.uncork();
    try {
      return await exec.promise as readonly RedisReply[];
    } catch (error) {
      const aborted = error as AbortedError;
      if (refusals.length > 0 || aborted.name === 'ReplyError') aborted.previousErrors = refusals;
      throw aborted;
    }
  }
}

/** Replaces the socket for commands whose bytes are written with another command. */
const NO_SOCKET = { write: () => true } as unknown as Socket;

/** The members of ioredis's `Command` that are used or replaced here. Its constructor calls `initPromise`, which is private there. */
interface CommandBase {
  promise: Promise<unknown>;
  isResolved: boolean;
  isSettled: boolean;
  isTraced: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
  transformReply(value: unknown): unknown;
  initPromise(): void;
  setTimeout(ms: number): void;
  toWritable(socket: object): string | Buffer;
}

/**
 * ioredis's `Command`, without its functions: V8 allocates a function that is assigned to a property where it is written in old
 * space, and a few hundred of those a second start collections of the whole heap. A function that another function returns is
 * allocated in the young generation.
 */
const BaseCommand = Command as unknown as new (name: string, args?: [], options?: { readonly replyEncoding: 'utf8' }) => CommandBase;

function ignored(): void { /* The answer is QUEUED; EXEC has the result. */ }

function collecting(refusals: Error[]): (error: Error) => void {
  return (error) => { if (error.name === 'ReplyError') refusals.push(error); };
}

function resolving(command: CommandBase, resolve: (value: unknown) => void): (value: unknown) => void {
  return (value) => {
    try {
      resolve(command.transformReply(value));
      command.isResolved = command.isSettled = true;
    } catch (error) {
      command.reject(error as Error);
    }
  };
}

function rejecting(command: CommandBase, reject: (error: Error) => void): (error: Error) => void {
  return (error) => {
    command.isSettled = true;
    reject(error);
  };
}

/** Receives the answer of each command: `QUEUED`, or a refusal. */
class QueuedCommand extends BaseCommand {
  override isTraced = true;

  constructor(refusals: Error[]) {
    super('queued');
    this.resolve = ignored;
    this.reject = collecting(refusals);
  }

  override initPromise(): void { /* Its promise would never settle. */ }

  override setTimeout(): void { /* The sender has a timer for the whole request. */ }
}

/** Writes the bytes of the whole transaction; its answer is that of EXEC. */
class ExecCommand extends BaseCommand {
  override isTraced = true;

  constructor(readonly chunks: readonly (string | Buffer)[]) {
    super('exec', [], { replyEncoding: 'utf8' });
  }

  override initPromise(): void {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolving(this, resolve);
      this.reject = rejecting(this, reject);
    });
  }

  override toWritable(socket: object): string | Buffer {
    const stream = socket as Socket;
    stream.cork();
    for (const chunk of this.chunks) {
      if (typeof chunk === 'string') stream.write(chunk, 'latin1');
      else stream.write(chunk);
    }
    return EXEC;
  }

  override setTimeout(): void { /* The sender has a timer for the whole request. */ }
}
