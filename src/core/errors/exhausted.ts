/** What the system says when it has none left of something: files, processes, memory. It passes, and is no fault of a camera. */

/** By Node's codes; the limit that each of them means, and who raises it. */
const SHORT_OF: Readonly<Record<string, string>> = {
  EMFILE: 'this process has as many files and sockets open as it may: raise its limit (ulimit -n, LimitNOFILE)',
  ENFILE: 'the machine has as many files open as it may: raise fs.file-max',
  EAGAIN: 'no further process or thread may be started: raise the limit (ulimit -u, TasksMax, pids.max of a container)',
  ENOMEM: 'there is no memory left: give the machine or container more, or run fewer cameras',
};

/** What there is none left of, and what to do; undefined for any other error. */
export function exhausted(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && Object.hasOwn(SHORT_OF, code) ? SHORT_OF[code] : undefined;
}
