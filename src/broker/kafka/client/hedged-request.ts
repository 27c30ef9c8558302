/** Hedged requests: sends the same request to several brokers, so that a broker that hangs does not block it. */

/**
 * Resolves with the first success. A task starts when the one before it has failed, or has not answered for `patienceMs`.
 * Rejects with the last failure when all have failed.
 */
export function hedgedRequest<T>(tasks: readonly (() => Promise<T>)[], patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let failed = 0;
    let timer: NodeJS.Timeout | undefined;
    const fail = (error: unknown) => {
      failed++;
      if (failed === tasks.length) reject(error instanceof Error ? error : new Error(String(error)));
      else if (failed === next) start();
    };
    const start = () => {
      clearTimeout(timer);
      const task = tasks[next++];
      if (task === undefined) return;
      if (next < tasks.length) timer = setTimeout(start, patienceMs);
      task().then((value) => {
        clearTimeout(timer);
        next = tasks.length;
        resolve(value);
      }, fail);
    };
    if (tasks.length === 0) reject(new Error('there is no broker to ask'));
    else start();
  });
}
