/** CPU time of this process since it started, in milliseconds of one core. */
export function ownProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
