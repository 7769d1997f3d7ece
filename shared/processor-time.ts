/** What this process has used of the processor since it began, in milliseconds of one core. */
export function ownProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
