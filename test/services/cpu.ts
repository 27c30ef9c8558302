/** CPU time of this process, in ms: a machine that has other things to do adds nothing to it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
