import { counted } from "../../figures/format.ts";
import { median } from "../../figures/statistics.ts";

/** What subject.ts can be. */
export type Subject = "bare" | "express" | "claim" | "send" | "plain" | "ticket" | "calls";

/** In the order of the table. */
export const subjects: Readonly<Record<Subject, string>> = {
  bare: "a bare node:http server",
  express: "an Express app that does nothing",
  claim: "the call that claims the device, alone",
  send: "SendMessage, alone",
  plain: "the same message over plain HTTP",
  ticket: "the call that writes the ticket, alone",
  calls: "an Express app with these three calls",
};

/** The most that 07 may take compared with an app that makes only its three calls. */
const mostTimes = 1.15;

/** The medians of each round, by name, with the rounds in the same order for all. */
export type Medians = ReadonlyMap<string, readonly number[]>;

/** A line per name: the median of its rounds' medians, the smallest and the largest. */
export function speedLines(medians: Medians): string[] {
  const ms = (value: number) => value.toFixed(1).padStart(6);
  return [...medians].map(([name, each]) => {
    const middle = median(each) ?? Number.NaN;
    const [least, most] = [Math.min(...each), Math.max(...each)];
    return `${name.padEnd(42)}${ms(middle)} ms ${ms(least)} to${ms(most)}`;
  });
}

/** What the SDK adds to one call: the median of the rounds' differences, and their range. */
export function sdkLine(withSdk: readonly number[], plain: readonly number[]): string {
  const addedMs = withSdk.map((ms, round) => ms - (plain[round] ?? Number.NaN));
  const [middle, least, most] = [median(addedMs) ?? Number.NaN, Math.min(...addedMs), Math.max(...addedMs)];
  return `The SDK adds ${middle.toFixed(1)} ms to SendMessage (${least.toFixed(1)} to ${most.toFixed(1)} in ${counted(addedMs.length, "round")})`;
}

/** How many times longer 07 takes than the app with its calls: the median of the rounds' ratios, and their range. */
export function shareLine(seven: readonly number[], app: readonly number[]): string {
  const ratios = seven.map((ms, round) => ms / (app[round] ?? Number.NaN));
  const [middle, least, most] = [median(ratios) ?? Number.NaN, Math.min(...ratios), Math.max(...ratios)];
  const verdict = middle <= mostTimes ? "reached" : "MISSED";
  return (
    `07 takes ${middle.toFixed(2)} times as long as the app with its three calls ` +
    `(${least.toFixed(2)} to ${most.toFixed(2)} in ${counted(ratios.length, "round")}); at most ${mostTimes}: ${verdict}`
  );
}
