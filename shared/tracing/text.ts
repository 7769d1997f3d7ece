// A trace as a file: one header, then one event per line, compressed. A damaged file still has all its intact lines.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Trace } from "#shared/trace.ts";

/** One JSON object per line: the header, then the events. */
export function traceText({ header, events }: Trace): string {
  return [header, ...events].map((each) => `${JSON.stringify(each)}\n`).join("");
}

/** The compressed file. */
export const packTrace = (trace: Trace): Promise<Buffer> => promisify(gzip)(traceText(trace), { level: 9 });
