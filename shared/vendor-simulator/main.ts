// The simulated vendor as a process: `node --import tsx shared/vendor-simulator/main.ts '{"medianMs":100,"p99Ms":300}'`.
// A second word, no-trace, turns its trace off. PORT sets its port. You can change the weather while it runs (PATCH /weather).
import { answer, onStop, tellReady } from "#shared/child.ts";
import { UsageError } from "#shared/command.ts";
import { readConfig, variables } from "#shared/config.ts";
import { answerFrom, eventsKept, traceQuestion } from "#shared/tracing/parts.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { startVendor } from "./server.ts";
import type { Weather } from "./weather.ts";

const { PORT: port } = readConfig({ PORT: variables.port.default(0) });

try {
  // The server checks it, and refuses unknown properties.
  const weather = JSON.parse(process.argv[2] ?? "{}") as Partial<Weather>;
  const trace = process.argv[3] === "no-trace" ? undefined : new TraceRecorder("vendor", eventsKept.vendor);
  if (trace) {
    answer(traceQuestion, answerFrom(trace));
  }
  const vendor = await startVendor({ port, weather, ...(trace && { trace }) });
  console.log(`vendor listens on ${vendor.url}`);
  onStop(() => vendor.close());
  tellReady({ url: vendor.url });
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
}
