// Measures the embedded AWS against what it has to reach: `npm run bench:aws`, or `npm run bench:aws seconds=2`.
// The figures are this machine's and mean nothing about AWS. Close what else uses the processor.
import { cpus } from "node:os";
import { readCommand, runCommand } from "#shared/command.ts";
import { measureStart, measureThroughput, measureWarmHandler } from "./measurements.ts";

interface Row {
  what: string;
  target: number;
  measured: number;
  unit: "ms" | "/s";
}

// SQS does about twice the work of a server that does nothing. Where even that one is slower, the figure is about
// the machine, or about what else runs on it.
const busyBelowPerSecond = 25_000;
const busy = "\nThat is little: something else uses the processor, or it is slow. Try again alone.";

const round = (value: number, unit: Row["unit"]) =>
  unit === "ms" ? `${value.toFixed(value < 100 ? 1 : 0)} ms` : `${Math.round(value).toLocaleString("en")} /s`;

function line({ what, target, measured, unit }: Row): string {
  const isReached = unit === "ms" ? measured <= target : measured >= target;
  const wanted = `${unit === "ms" ? "<" : ">"} ${round(target, unit)}`;
  return `${what.padEnd(43)}${wanted.padStart(13)}${round(measured, unit).padStart(13)}  ${isReached ? "reached" : "MISSED"}`;
}

runCommand(async (argv, env) => {
  const { flags } = readCommand({ usage: "npm run bench:aws", flags: { seconds: "number" } }, argv, env);
  const durationMs = (flags.seconds ?? 5) * 1_000;
  console.log(
    `Embedded AWS on Node ${process.version}, ${cpus().length} cores. About a minute; Ctrl-C stops it.\n`,
  );
  console.log(`${"".padEnd(43)}${"target".padStart(13)}${"measured".padStart(13)}`);
  const print = (rows: Row[]) => rows.forEach((row) => console.log(line(row)));

  const start = await measureStart();
  print([
    {
      what: "first answer after start (SQS, median of 5)",
      target: 500,
      measured: start.answerMs,
      unit: "ms",
    },
  ]);
  const rates = await measureThroughput(durationMs);
  const { drainedPerSecond, drainedBehindManyPerSecond } = rates;
  print([
    {
      what: "SendMessage, plain HTTP, 10 connections",
      target: 15_000,
      measured: rates.sendsPerSecond,
      unit: "/s",
    },
    { what: "receive 10 + batch delete, messages", target: 5_000, measured: drainedPerSecond, unit: "/s" },
    {
      what: "the same with 100,000 messages waiting",
      target: (drainedPerSecond * 2) / 3,
      measured: drainedBehindManyPerSecond,
      unit: "/s",
    },
  ]);
  const warm = await measureWarmHandler();
  print([{ what: "send to start of a warm handler, p50", target: 10, measured: warm.p50Ms, unit: "ms" }]);

  const isBusy = rates.bareSendsPerSecond < busyBelowPerSecond;
  console.log(`
The slowest of the starts answered after ${round(start.slowestMs, "ms")}; SQS, DynamoDB and the
inspection were ready after ${round(start.readyMs, "ms")}. A bare node:http server, which does nothing,
gives the load process ${round(rates.bareSendsPerSecond, "/s")}; for SQS it used ${Math.round(rates.loadShare * 100)} % of a core.${isBusy ? busy : ""}`);
});
