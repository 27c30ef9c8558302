/** Errors of a system that is out of files, processes or memory. They pass, and are no fault of a camera. */

/** By Node's error codes: the limit that each means, and how to raise it. */
const SHORT_OF: Readonly<Record<string, string>> = {
  EMFILE: 'this process has as many files and sockets open as it may: raise its limit (ulimit -n, LimitNOFILE)',
  ENFILE: 'the machine has as many files open as it may: raise fs.file-max',
  EAGAIN: 'no further process or thread may be started: raise the limit (ulimit -u, TasksMax, pids.max of a container)',
  ENOMEM: 'there is no memory left: give the machine or container more, or run fewer cameras',
};

/** The exhausted resource, and what to do; undefined for any other error. */
export function exhausted(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && Object.hasOwn(SHORT_OF, code) ? SHORT_OF[code] : undefined;
}
