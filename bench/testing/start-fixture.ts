import { join } from "node:path";
import { startChild } from "#shared/run/child-process.ts";

/** Starts the server with known answers in a separate process. */
export async function startFixture(plan: { delayMs: number; odd?: Record<string, string> }) {
  const child = await startChild({
    name: "fixture",
    file: join(import.meta.dirname, "fixture-server.ts"),
    args: [JSON.stringify({ odd: {}, ...plan })],
  });
  const { url } = await child.ready;
  return { url: `${String(url)}/activations`, stop: () => child.stop(1_000) };
}
