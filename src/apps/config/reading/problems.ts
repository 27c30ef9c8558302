/** Mistakes in a configuration: all of them, in the order of the file, with their positions. */
import { InvalidOption } from '../../../core/errors/errors.js';
import type { Located, Position } from './located.js';

/** One mistake. */
export interface ConfigProblem {
  /** Name of the file; absent for a value that is not from a file. */
  readonly file?: string;
  /** Line, from 1. */
  readonly line?: number;
  /** Column, from 1. */
  readonly column?: number;
  /** Path of the value, such as `cameras.gate.pipeline[1].resize.width`; empty for a syntax error. */
  readonly path: string;
  /** The given value and the allowed ones; without secrets. */
  readonly message: string;
}

/** A configuration with mistakes: its message has a line for each, `cameras.yaml:12:7: cameras.gate.source: …`. */
export class InvalidConfig extends InvalidOption {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(lineOf).join('\n'));
  }
}

/** Collects mistakes; one that several cameras inherit from a template is reported once. */
export class Problems {
  readonly #found = new Map<string, ConfigProblem>();

  constructor(readonly file: string | undefined) {}

  get count(): number {
    return this.#found.size;
  }

  /** Adds a problem at the value. */
  add(node: Pick<Located, 'at' | 'path'>, message: string): void {
    this.#add(node.at, node.path, message);
  }

  /** Adds a problem at the value's key. */
  addAtKey(node: Pick<Located, 'keyAt' | 'path'>, message: string): void {
    this.#add(node.keyAt, node.path, message);
  }

  /** @throws InvalidConfig if there is one */
  throwIfAny(): void {
    if (this.count === 0) return;
    throw new InvalidConfig([...this.#found.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
  }

  #add({ line, column }: Position, path: string, message: string): void {
    const problem = { ...(this.file !== undefined && { file: this.file }), ...(line > 0 && { line, column }), path, message };
    const key = `${line}:${column}:${path}:${message}`;
    if (!this.#found.has(key)) this.#found.set(key, problem);
  }
}

function lineOf({ file, line, column, path, message }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place, path, message].filter((part) => part !== '').join(': ');
}
