// A server with known delays that measures how long each answer took. `startTruth` starts it.
import "#shared/child.ts";
import { createServer } from "node:http";
import { createServer as createPlain } from "node:net";
import type { Socket } from "node:net";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";
import { seededRandom } from "../plan/arrivals.ts";
import { oddAnswers, stallLeftMs, truthSchema } from "./truths.ts";

const truth = truthSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
const random = seededRandom(truth.kind === "two modes" ? truth.seed : 1);
const tookMs: number[] = [];

/** How long the request that comes now must wait. */
function delayMs(): number {
  switch (truth.kind) {
    case "fixed":
    case "odd HTTP":
      return truth.delayMs;
    case "two modes":
      return random() < truth.shareOfSlow ? truth.slowMs : truth.fastMs;
    case "stall":
      return stallLeftMs(truth, performance.timeOrigin + performance.now()) + truth.serviceMs;
  }
}

const withNode = createServer((incoming, response) => {
  const arrivedMs = performance.now();
  incoming.resume();
  response.on("finish", () => tookMs.push(performance.now() - arrivedMs));
  setTimeout(() => response.end("{}"), delayMs());
});

/** Sends byte by byte what Node's own server would not send. Each request arrives complete, since it has no body. */
function answerOddly(socket: Socket, answer: keyof typeof oddAnswers): void {
  const { first = "", bytes, ends = false } = oddAnswers[answer];
  socket.setNoDelay(true);
  sockets.add(socket);
  socket.on("close", () => sockets.delete(socket));
  socket.on("error", () => socket.destroy());
  socket.on("data", () => {
    const arrivedMs = performance.now();
    socket.write(first);
    const sent = () => tookMs.push(performance.now() - arrivedMs);
    setTimeout(() => (ends ? socket.end(bytes, sent) : socket.write(bytes, sent)), delayMs());
  });
}

const sockets = new Set<Socket>();
const server =
  truth.kind === "odd HTTP" ? createPlain((socket) => answerOddly(socket, truth.answer)) : withNode;
tellReady(await listen(server));

process.on("message", ({ kind }: { kind: string }) => {
  if (kind === "report") {
    process.send?.({ kind: "took", tookMs: tookMs.splice(0) });
  }
});
onStop(async () => {
  sockets.forEach((socket) => socket.destroy());
  await close(server);
});
