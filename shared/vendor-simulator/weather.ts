import { createHash } from "node:crypto";
import * as z from "zod";

/** An EUI-48 or EUI-64 in the form that the API normalizes every address to. */
export const canonicalMacAddress = z
  .string()
  .regex(
    /^[0-9A-F]{2}(?:-[0-9A-F]{2}){5}(?:(?:-[0-9A-F]{2}){2})?$/,
    "Expected the form 00-00-5E-10-00-00-00-00",
  );

/** How the vendor behaves at present. The weather at its start applies to a call. */
export const weatherSchema = z
  .strictObject({
    /** Half of the calls are faster. With a p99 of 1,200 the mean is about 447. */
    medianMs: z.number().min(1).max(60_000),
    p99Ms: z.number().min(1).max(60_000),
    /** Calls at the same time, and how many more may wait. The next one gets 429. */
    capacity: z.int().min(1).max(10_000),
    line: z.int().min(0).max(100_000),
    /** Share of the calls that end with 500, from 0 to 1. */
    failureRate: z.number().min(0).max(1),
    /** Answers 503 at once. */
    outage: z.boolean(),
    /**
     * What every call gets: 500 after the delay; no answer at all; a provisioning but a cut connection instead of an answer; or 429
     * at once.
     */
    answer: z.enum(["normal", "fail", "hang", "disconnect", "refuse"]),
    /** Calls wait at their end until this is false again. Tests use it to hold the vendor in the middle of a call. */
    hold: z.boolean(),
    /** Devices that can never be provisioned: 500 after the usual delay, so a caller can't tell it from bad luck. */
    poison: z.array(canonicalMacAddress).max(10_000),
    /** Whether calls with the same `Idempotency-Key` provision once. */
    honoursIdempotencyKey: z.boolean(),
    /** Delays and failures are drawn from this, the device, and the number of the device's call. */
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  })
  .refine(({ medianMs, p99Ms }) => p99Ms >= medianMs, "Expected p99Ms to be at least medianMs");

export type Weather = z.infer<typeof weatherSchema>;

/** The vendor on a usual day: 20 calls of 447 ms at the same time are 44 a second. */
export const usualWeather: Weather = {
  medianMs: 400,
  p99Ms: 1_200,
  capacity: 20,
  line: 20,
  failureRate: 0,
  outage: false,
  answer: "normal",
  hold: false,
  poison: [],
  honoursIdempotencyKey: false,
  seed: 1,
};

/** The weather after a change of some of its properties. Throws a ZodError for a wrong value or an unknown property. */
export function changeWeather(weather: Weather, change: unknown): Weather {
  const properties = z.record(z.string(), z.unknown()).parse(change);
  return weatherSchema.parse({ ...weather, ...properties });
}

// 99 % of a standard normal distribution are below it.
const normalP99 = 2.326_347_874;

/**
 * How long a device's n-th call takes, and whether it fails. It depends on nothing else, so every chapter meets the same weather
 * in whatever order it calls.
 */
export function drawCall(
  { medianMs, p99Ms, failureRate, seed }: Pick<Weather, "medianMs" | "p99Ms" | "failureRate" | "seed">,
  macAddress: string,
  nthCall: number,
): { delayMs: number; fails: boolean } {
  const hash = createHash("sha256").update(`${seed} ${macAddress} ${nthCall}`).digest();
  // Between 0 and 1, both excluded: the logarithm of 0 would be an endless delay.
  const uniform = (offset: number) => (hash.readUInt32LE(offset) + 0.5) / 2 ** 32;

  const normal = Math.sqrt(-2 * Math.log(uniform(0))) * Math.cos(2 * Math.PI * uniform(4));
  const sigma = Math.log(p99Ms / medianMs) / normalP99;
  return { delayMs: medianMs * Math.exp(sigma * normal), fails: uniform(8) < failureRate };
}
