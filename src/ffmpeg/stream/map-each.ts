/** An operator: `mergeMap` for arrays, without an inner subscription for each. */
import { Observable, type OperatorFunction } from 'rxjs';

/** Emits the values of each array that `project` returns; errors if it throws. */
export function mapEach<T, R>(project: (value: T) => readonly R[]): OperatorFunction<T, R> {
  return (source) => new Observable((subscriber) => source.subscribe({
    next: (value) => {
      let results: readonly R[];
      try {
        results = project(value);
      } catch (error) {
        subscriber.error(error);
        return;
      }
      for (const result of results) subscriber.next(result);
    },
    error: (error: unknown) => { subscriber.error(error); },
    complete: () => { subscriber.complete(); },
  }));
}
