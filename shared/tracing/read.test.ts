import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { traceVersion } from "#shared/trace.ts";
import { resultsSchema } from "#shared/results.ts";
import type { Trace } from "#shared/trace.ts";
import { readTraceFile, readWholeTrace, traceFile, tracesIn } from "./read.ts";
import { packTrace, traceText } from "./text.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "traces-"));
  return () => rmSync(folder, { recursive: true, force: true });
});

const trace: Trace = {
  header: {
    traceVersion,
    chapter: "07-lock",
    row: "07",
    plan: "the storm",
    seed: 1,
    startedAtMs: 1_000,
    dropped: {},
  },
  events: Array.from({ length: 50 }, (_, seq) => ({
    kind: "callBegan",
    call: seq * 7_919,
    atMs: 1_000.1 + seq,
    part: "vendor",
    seq,
  })),
};
const text = traceText(trace);

function kept(contents: string | Buffer): string {
  const file = join(folder, "07-storm-1.ndjson.gz");
  writeFileSync(file, contents);
  return file;
}

describe("a kept trace", () => {
  it("is read as it was written", async () => {
    expect(await readTraceFile(kept(await packTrace(trace)))).toEqual(trace);
  });

  it("is read at once if it is complete, and ignored if it is not", async () => {
    const whole = await packTrace(trace);

    expect(readWholeTrace(kept(whole), 50)).toEqual(trace);
    expect(
      [
        whole.subarray(0, whole.length - 60),
        gzipSync(text.slice(0, -10)),
        gzipSync(text.replace('"callBegan"', '"unheard of"')),
        gzipSync(text.replace('"traceVersion":1', '"traceVersion":9')),
      ].map((damaged) => readWholeTrace(kept(damaged), 50)),
    ).toEqual([undefined, undefined, undefined, undefined]);
    expect(readWholeTrace(kept(whole), 49)).toBeUndefined();
    expect(readWholeTrace(join(folder, "none.gz"), 50)).toBeUndefined();
  });

  it("is found by its name, whatever else is in the folder, or not at all", () => {
    const of = { row: "07+key", part: "storm", seed: 3 };
    const file = join(folder, traceFile(of));
    mkdirSync(dirname(file));
    writeFileSync(file, "");
    writeFileSync(join(dirname(file), ".07.part"), "");

    expect(tracesIn(folder)).toEqual([{ file, ...of }]);
    expect(tracesIn(join(folder, "nowhere"))).toEqual([]);
  });

  it.each(Object.keys(resultsSchema.shape.plans.shape))(
    "is found for each part of a benchmark: %s",
    (part) => {
      const own = join(folder, part);
      const of = { row: "lab-fifo", part, seed: 3 };
      const file = join(own, traceFile(of));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "");

      expect(tracesIn(own)).toEqual([{ file, ...of }]);
    },
  );

  it("that was cut off has what came before, and a sentence", async () => {
    const whole = await packTrace(trace);
    const { events, problem } = await readTraceFile(kept(whole.subarray(0, whole.length - 60)));

    expect(events.length).toBeGreaterThan(5);
    expect(events).toEqual(trace.events.slice(0, events.length));
    expect(problem).toContain(`the file is cut off after ${events.length} events`);
    // Cut in the middle of a line, with intact compression.
    const inLine = await readTraceFile(kept(gzipSync(text.slice(0, -10))));
    expect(inLine.problem).toContain("the file is cut off after 49 events");
  });

  it("that is too long is read up to the limit, with a sentence", async () => {
    const { events, problem } = await readTraceFile(kept(await packTrace(trace)), { eventsMax: 10 });

    expect(events).toEqual(trace.events.slice(0, 10));
    expect(problem).toBe(
      "Expected a whole trace in 07-storm-1.ndjson.gz, but it has more than 10 events, and the rest is left out: nothing can be said of what is missing.",
    );
    expect((await readTraceFile(kept(await packTrace(trace)), { eventsMax: 50 })).problem).toBeUndefined();
  });

  it("with lines that are not events has the others, and a sentence", async () => {
    const [header, ...lines] = text.split("\n");
    const damaged = [header, "{", '{"kind":"unheard of"}', ...lines].join("\n");
    const { events, problem } = await readTraceFile(kept(gzipSync(damaged)));

    expect(events).toEqual(trace.events);
    expect(problem).toContain("2 of its lines are no event");
  });
});

describe("refuses with one sentence", () => {
  it.each([
    ["a file that is not there", undefined, /can't be read \(ENOENT/],
    ["what is not compressed", Buffer.from("hello"), /can't be read \(incorrect header check/],
    ["an empty file", Buffer.alloc(0), /Expected a trace in .*, but it/],
    [
      "another version",
      gzipSync(text.replace('"traceVersion":1', '"traceVersion":9')),
      /Expected a trace of version 1 in .*, got version 9; run `npm run bench`/,
    ],
    ["something else", gzipSync('{"a":1}\n'), /Expected a trace of version 1 in .*, got none/],
    [
      "a wrong header",
      gzipSync(text.replace('"chapter":"07-lock"', '"chapter":7')),
      /`chapter` is wrong: .*run `npm run bench`/,
    ],
  ])("%s", async (_what, contents, sentence) => {
    const file = contents === undefined ? join(folder, "none.gz") : kept(contents);

    await expect(readTraceFile(file)).rejects.toThrow(sentence);
  });
});
