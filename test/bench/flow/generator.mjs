/** The generator alone: what its access units cost before rxcam sees them. Subtracted from all others. */
import { filter } from 'rxjs';

export const reference = undefined;

export function open() {
  return {
    start: (engine) => engine(undefined, {}).pipe(filter(({ type }) => type === 'output')),
    close: () => Promise.resolve(),
  };
}
