// A trace as a file: one header, then one event a line, compressed. What is read of one that is damaged is what it has.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Trace } from "#shared/trace.ts";

/** One JSON object a line: the header, then the events. */
export function traceText({ header, events }: Trace): string {
  return [header, ...events].map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** The same, as it is kept. */
export const packTrace = (trace: Trace): Promise<Buffer> => promisify(gzip)(traceText(trace), { level: 9 });
