// The same two errands twice: one after the other, and with a numbered ticket. `npm run chapter 00` runs it, for five seconds.
import { setTimeout as sleep } from "node:timers/promises";
import { takeATicket, waitAtTheCounter } from "./errands.ts";
import type { Errand } from "./errands.ts";
import { drawSpan, waits } from "./timeline.ts";
import type { Span } from "./timeline.ts";

// A minute at the pharmacy is a tenth of a second here.
const medicineMs = 1_800;
const shoppingMs = 1_200;
const frameMs = 50;

const counterMs = await show("You wait at the counter (synchronous)", waitAtTheCounter);
const ticketMs = await show("You take a ticket (asynchronous)", takeATicket);

console.log("A dot is time in which you only waited.");
console.log(`At the counter: ${inSeconds(counterMs)}. With a ticket: ${inSeconds(ticketMs)}.`);
console.log("The ticket made no work faster: it let one errand go on while you did the other.");

/** Runs both errands and draws them, live on a terminal. Resolves with the milliseconds from your arrival until you are home. */
async function show(
  title: string,
  run: (errands: { prepareMedicine: Errand; shop: Errand }) => Promise<void>,
) {
  const arrivedAtMs = performance.now();
  const nowMs = () => performance.now() - arrivedAtMs;
  const spans: { medicine?: Span; shopping?: Span } = {};
  const errand =
    (name: keyof typeof spans, durationMs: number): Errand =>
    async () => {
      const span: Span = { fromMs: nowMs() };
      spans[name] = span;
      await sleep(durationMs);
      span.toMs = nowMs();
    };
  const lines = () => [
    drawSpan("medicine", spans.medicine, nowMs()),
    drawSpan("shopping", spans.shopping, nowMs(), waits(spans.shopping, nowMs())),
  ];

  console.log(`${title}\n`);
  const frames = drawLive(lines);
  await run({ prepareMedicine: errand("medicine", medicineMs), shop: errand("shopping", shoppingMs) });
  const totalMs = nowMs();
  frames.end();
  console.log(`\n  ${inSeconds(totalMs)}\n`);
  return totalMs;
}

/** Redraws in place on a terminal. Into a file or a pipe it draws once, at the end. */
function drawLive(lines: () => string[]): { end: () => void } {
  const { isTTY } = process.stdout;
  const draw = () =>
    process.stdout.write(
      lines()
        .map((line) => `\u001B[2K${line}\n`)
        .join(""),
    );
  const goBack = () => process.stdout.write(`\u001B[${lines().length}A`);
  if (!isTTY) {
    return { end: () => console.log(lines().join("\n")) };
  }
  draw();
  const timer = setInterval(() => {
    goBack();
    draw();
  }, frameMs);
  return {
    end: () => {
      clearInterval(timer);
      goBack();
      draw();
    },
  };
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
