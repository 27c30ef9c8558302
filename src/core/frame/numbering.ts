/** What makes the id of a message unique: its number, and the run of numbers that it belongs to. The two are made together. */
import { randomUUID } from 'node:crypto';

/** Numbers messages 1, 2, 3 … A camera that is made anew in the same process numbers in a run of its own. */
export class Numbering {
  /** Random: no two runs of numbers share it, in one process or in two. */
  readonly run: string = randomUUID();
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}
