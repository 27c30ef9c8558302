/** Makes the id of a message unique: its number, and the run of numbers that it belongs to. */
import { randomUUID } from 'node:crypto';

/** Numbers messages 1, 2, 3 … A camera created again in the same process starts a new run of numbers. */
export class Numbering {
  /** Random: no two runs of numbers share it, in one process or in two. */
  readonly processRun: string = randomUUID();
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}
