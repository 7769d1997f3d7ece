import { join } from "node:path";
import { startChild } from "#shared/run/child-process.ts";
import * as z from "zod";

const stallSchema = z.object({
  kind: z.literal("stall"),
  serviceMs: z.number(),
  everyMs: z.number(),
  forMs: z.number(),
  /** When one of the stalls ended, by `performance.timeOrigin + performance.now()`; another ends every `everyMs`. */
  endsAtEpochMs: z.number(),
});

/** How a server answers, so that what is right to measure is known. */
export const truthSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), delayMs: z.number() }),
  z.object({
    kind: z.literal("two modes"),
    fastMs: z.number(),
    slowMs: z.number(),
    shareOfSlow: z.number(),
    seed: z.number(),
  }),
  stallSchema,
]);

type Truth = z.infer<typeof truthSchema>;
type Stall = z.infer<typeof stallSchema>;

/** For how long it still stands still when a request comes at this moment. */
export function stallLeftMs(
  { everyMs, forMs, endsAtEpochMs }: Omit<Stall, "kind">,
  atEpochMs: number,
): number {
  const sinceEndMs = (((atEpochMs - endsAtEpochMs) % everyMs) + everyMs) % everyMs;
  const leftMs = everyMs - sinceEndMs;
  return leftMs <= forMs ? leftMs : 0;
}

/** What requests of these moments must wait, whatever a measurement says. */
export function truthOfStall(stall: Stall, momentsEpochMs: readonly number[]): number[] {
  return momentsEpochMs.map((moment) => stallLeftMs(stall, moment) + stall.serviceMs);
}

/** A server of known delay, in a process of its own. */
export async function startTruth(truth: Truth) {
  let told: (tookMs: number[]) => void = () => {};
  const child = await startChild({
    name: "server of known delay",
    file: join(import.meta.dirname, "truth-server.ts"),
    args: [JSON.stringify(truth)],
    onMessage: (message) => {
      if (message["kind"] === "took") {
        told(message["tookMs"] as number[]);
      }
    },
  });
  const { url } = await child.ready;
  return {
    url: `${String(url)}/`,
    /** By its own clock, what each answer took since it was last asked. */
    ownTimesMs: () =>
      new Promise<number[]>((resolve) => {
        told = resolve;
        child.send({ kind: "report" });
      }),
    stop: () => child.stop(1_000),
  };
}
