// Reads the traces that a benchmark has kept.
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import * as z from "zod";
import { traceEventSchema, traceHeaderSchema, traceVersion } from "#shared/trace.ts";
import type { Trace, TraceEvent, TraceHeader } from "#shared/trace.ts";

const tracesFolder = "traces";
const nameOf = /^(.+)-([a-z]+)-(\d+)\.ndjson\.gz$/;

/** A kept trace, found by its name. */
export interface KeptTrace {
  file: string;
  /** "07", "07+key" */
  row: string;
  part: string;
  seed: number;
}

/** The path of a trace in a folder of results. */
export const traceFile = ({ row, part, seed }: Omit<KeptTrace, "file">): string =>
  join(tracesFolder, `${row}-${part}-${seed}.ndjson.gz`);

/** The traces in a folder of results, sorted by name. None for older results without traces. */
export function tracesIn(folder: string): KeptTrace[] {
  const traces = join(folder, tracesFolder);
  const names = existsSync(traces) ? readdirSync(traces).toSorted() : [];
  return names.flatMap((name) => {
    const [, row = "", part = "", seed] = nameOf.exec(name) ?? [];
    return row === "" ? [] : [{ file: join(traces, name), row, part, seed: Number(seed) }];
  });
}

/** The file contains no trace of this version. The message says which file, and what to do. */
class TraceError extends Error {
  override readonly name = "TraceError";
}

// A storm has about five thousand events of a hundred characters.
const eventsReadMax = 200_000;
const lengthMax = 100_000_000;

/**
 * Reads a trace that a benchmark has kept. If it is cut off, too long or partly wrong, returns what is readable, and `problem` says
 * in a sentence what is missing. Then nothing may be called lost because of it. Throws a {@link TraceError} for a file without a
 * header of this version.
 */
export async function readTraceFile(
  file: string,
  { eventsMax = eventsReadMax }: { eventsMax?: number } = {},
): Promise<Trace & { problem?: string }> {
  const name = basename(file);
  let header: TraceHeader | undefined;
  const events: TraceEvent[] = [];
  let wrong = 0;
  const { isTooLong, failure } = await eachLine(file, (line) => {
    if (header === undefined) {
      header = headerIn(line, name);
      return true;
    }
    const event = eventIn(line);
    if (event === undefined) {
      wrong += 1;
    } else if (events.length === eventsMax) {
      return false;
    } else {
      events.push(event);
    }
    return true;
  });
  if (header === undefined) {
    const why = failure === undefined ? "is empty" : `can't be read (${failure.message})`;
    throw new TraceError(`Expected a trace in ${name}, but it ${why}; ${again}.`);
  }
  const isCutOff = failure !== undefined;
  const problem = problemOf({ name, count: events.length, wrong, isTooLong, isCutOff });
  return { header, events, ...(problem !== undefined && { problem }) };
}

/** Reads a trace synchronously. Undefined if the file is missing or damaged, or has more than `eventsMax` events. */
export function readWholeTrace(file: string, eventsMax: number): Trace | undefined {
  try {
    const text = gunzipSync(readFileSync(file), { maxOutputLength: lengthMax }).toString();
    const [header = "", ...lines] = text.split("\n");
    const isEnded = lines.pop() === "";
    const events = lines.map(eventIn);
    return isEnded && events.length <= eventsMax && events.every((event) => event !== undefined)
      ? { header: headerIn(header, basename(file)), events }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Calls `onLine` for each readable line, until it returns false or there are too many. */
async function eachLine(file: string, onLine: (line: string) => boolean) {
  const unpacked = createGunzip().setEncoding("utf8");
  // The loop throws its error.
  pipeline(createReadStream(file), unpacked, () => {});
  let rest = "";
  let length = 0;
  const lines: string[] = [];
  try {
    for await (const text of unpacked as AsyncIterable<string>) {
      length += text.length;
      lines.push(...(rest + text).split("\n"));
      rest = lines.pop() ?? "";
      if (length > lengthMax || !lines.splice(0).every((line) => onLine(line))) {
        return { isTooLong: true };
      }
    }
  } catch (error) {
    if (error instanceof TraceError) {
      throw error;
    }
    return { isTooLong: false, failure: error as Error };
  }
  // A complete file ends with its last line.
  return rest === "" ? { isTooLong: false } : { isTooLong: false, failure: new Error("no line's end") };
}

const again = "run `npm run bench` for new ones";
const versionSchema = z.looseObject({ traceVersion: z.unknown() });

function headerIn(line: string, name: string): TraceHeader {
  const json = jsonIn(line);
  const version = versionSchema.safeParse(json).data?.traceVersion;
  const parsed = traceHeaderSchema.safeParse(json);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new TraceError(
    version === traceVersion
      ? `Expected a trace in ${name}, but its \`${issue?.path.join(".")}\` is wrong: ${issue?.message}; ${again}.`
      : `Expected a trace of version ${traceVersion} in ${name}, got ${version === undefined ? "none" : `version ${JSON.stringify(version)}`}; ${again}.`,
  );
}

const eventIn = (line: string): TraceEvent | undefined => traceEventSchema.safeParse(jsonIn(line)).data;

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

interface Found {
  name: string;
  count: number;
  wrong: number;
  isTooLong: boolean;
  isCutOff: boolean;
}

function problemOf({ name, count, wrong, isTooLong, isCutOff }: Found): string | undefined {
  const problems = [
    ...(isCutOff ? [`the file is cut off after ${count} events`] : []),
    ...(isTooLong ? [`it has more than ${count} events, and the rest is left out`] : []),
    ...(wrong > 0 ? [`${wrong} of its lines are no event, and are left out`] : []),
  ];
  return problems.length === 0
    ? undefined
    : `Expected a whole trace in ${name}, but ${problems.join("; ")}: nothing can be said of what is missing.`;
}
