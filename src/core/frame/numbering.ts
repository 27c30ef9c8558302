/** Makes the id of a message unique: a number, and the id of the camera object that counts. */
import { randomUUID } from 'node:crypto';

/** Numbers the messages of a camera object 1, 2, 3 … A camera created again in the same process starts from 1, with another `processRun`. */
export class Numbering {
  /** Random: no two camera objects share it, in one process or in several. */
  readonly processRun: string = randomUUID();
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}
