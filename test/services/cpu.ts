/** CPU time of this process, in ms. Unlike elapsed time, it does not grow with the other load of the machine. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
