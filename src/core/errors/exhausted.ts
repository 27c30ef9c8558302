/** Errors of a system that has no file handles, processes or memory left. They are temporary, and no camera causes them. */

/** The exhausted resource, and the remedy, by Node's error code. */
const SHORT_OF: Readonly<Record<string, string>> = {
  EMFILE: 'this process has reached its limit of open files and sockets: raise it (ulimit -n, LimitNOFILE)',
  ENFILE: 'the machine has reached its limit of open files: raise fs.file-max',
  EAGAIN: 'the limit of processes and threads is reached: raise it (ulimit -u, TasksMax, pids.max of a container)',
  ENOMEM: 'no memory is left: give the machine or container more, or run fewer cameras',
};

/** The exhausted resource and its remedy; undefined for any other error. */
export function exhaustedResource(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && Object.hasOwn(SHORT_OF, code) ? SHORT_OF[code] : undefined;
}
