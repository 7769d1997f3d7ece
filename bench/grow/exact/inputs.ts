import { seededRandom } from "../../plan/arrivals.ts";

/** A time of our own processes, which the simulation doesn't explain but gets as input. Half are shorter than `p50Ms`, a tenth longer than `p90Ms`. */
export interface OwnTime {
  p50Ms: number;
  p90Ms: number;
}

/** What is fitted to a run, because it is this machine's. Everything else is drawn or follows from the rules. */
export interface Inputs {
  /** The whole time of a 202; for 01's request everything but the vendor's part. */
  api: OwnTime;
  /** One call to a table or a queue, by the function or the worker. */
  call: OwnTime;
  /** From the receive to the handler's first line, and from its last one to the next poll. */
  invocation: OwnTime;
  /** On the way to the vendor and back. */
  vendorWayMs: number;
  /** A new execution environment. */
  coldStartMs: number;
  /** From the plan's moment to the end of the process, which has to be found first. */
  killMs: number;
  /** From the end of a process until its successor works. */
  restartMs: number;
  /** From the plan's moment until the first message is moved. */
  redriveMs: number;
}

/** For the normal distribution: nine tenths are below it. */
const normalP90 = 1.281_552;

/** Draws such times: log-normal, the same for the same seed. */
export function drawOwn(seed: number): (time: OwnTime) => number {
  const random = seededRandom(seed);
  return ({ p50Ms, p90Ms }) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return p50Ms * Math.exp((Math.log(p90Ms / p50Ms) / normalP90) * normal);
  };
}
