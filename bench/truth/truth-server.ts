// A server of known delay that measures itself how long each answer took. `startTruth` starts it.
import "#shared/child.ts";
import { createServer } from "node:http";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";
import { seededRandom } from "../plan/arrivals.ts";
import { stallLeftMs, truthSchema } from "./truths.ts";

const truth = truthSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
const random = seededRandom(truth.kind === "two modes" ? truth.seed : 1);
const tookMs: number[] = [];

/** For how long the request that comes now must wait. */
function delayMs(): number {
  switch (truth.kind) {
    case "fixed":
      return truth.delayMs;
    case "two modes":
      return random() < truth.shareOfSlow ? truth.slowMs : truth.fastMs;
    case "stall":
      return stallLeftMs(truth, performance.timeOrigin + performance.now()) + truth.serviceMs;
  }
}

const server = createServer((incoming, response) => {
  const arrivedMs = performance.now();
  incoming.resume();
  response.on("finish", () => tookMs.push(performance.now() - arrivedMs));
  setTimeout(() => response.end("{}"), delayMs());
});
tellReady(await listen(server));

process.on("message", ({ kind }: { kind: string }) => {
  if (kind === "report") {
    process.send?.({ kind: "took", tookMs: tookMs.splice(0) });
  }
});
onStop(() => close(server));
