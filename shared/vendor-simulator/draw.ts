import { createHash } from "node:crypto";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

// 99 % of a standard normal distribution lie below it.
const normalP99 = 2.326_347_874;

/**
 * How long a device's n-th call takes, and whether it fails. It depends on nothing else, so every chapter meets the
 * same weather in whatever order it calls.
 */
export function drawCall(
  { medianMs, p99Ms, failureRate, seed }: Pick<Weather, "medianMs" | "p99Ms" | "failureRate" | "seed">,
  macAddress: string,
  nthCall: number,
): { delayMs: number; fails: boolean } {
  const hash = createHash("sha256").update(`${seed} ${macAddress} ${nthCall}`).digest();
  // From just above 0 to just below 1: the logarithm of 0 would be an endless delay.
  const uniform = (offset: number) => (hash.readUInt32LE(offset) + 0.5) / 2 ** 32;

  const normal = Math.sqrt(-2 * Math.log(uniform(0))) * Math.cos(2 * Math.PI * uniform(4));
  const sigma = Math.log(p99Ms / medianMs) / normalP99;
  return { delayMs: medianMs * Math.exp(sigma * normal), fails: uniform(8) < failureRate };
}
