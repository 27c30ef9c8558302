/** The generator alone: the cost of its access units before rxcam receives them. It is subtracted from the others. */
import { filter } from 'rxjs';

export const reference = undefined;

export function open() {
  return {
    start: (engine) => engine(undefined, {}).pipe(filter(({ type }) => type === 'output')),
    close: () => Promise.resolve(),
  };
}
