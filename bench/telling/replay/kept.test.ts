import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { mostBytes, replayHtml } from "#shared/picture/replay-page.ts";
import { inventedRun } from "#shared/testing/invented-run.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { packTrace } from "#shared/tracing/text.ts";
import type { Trace } from "#shared/trace.ts";
import { chooseTraces } from "../../figures/kept-traces.ts";
import { findTraces, readReplay, replayOf } from "./kept.ts";

const short = { customers: 8, killAtMs: 400, seed: 2 };
const kinds = { "02": "memory", "06": "check", "07": "lease" } as const;

type Row = keyof typeof kinds;
type Kept = [row: Row, part: string, seed: number, change?: (trace: Trace) => void];

/** A project whose results have these traces, by folder. */
async function rootWith(folders: Record<string, readonly Kept[]>): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "take a ticket "));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [folder, kept] of Object.entries(folders)) {
    for (const [row, part, seed, change] of kept) {
      const trace = inventedRun({ kind: kinds[row], ...short });
      change?.(trace);
      const file = join(root, "bench", folder, traceFile({ row, part, seed }));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, await packTrace(trace));
    }
  }
  return root;
}

it("takes the newest run with what is wanted, and two chapters of one seed", async () => {
  const root = await rootWith({
    "results/2030-01-01": [
      ["02", "storm", 1],
      ["07", "storm", 1],
    ],
    "results/2030-02-02": [
      ["02", "day", 1],
      ["06", "day", 2],
      ["07", "day", 2],
    ],
    reference: [["06", "day", 1]],
  });
  const found = (rows: string[], part?: "day" | "storm", isReference = false) => {
    const { where, chosen } = findTraces(root, { rows, part }, isReference);
    return [where, ...chosen.map((each) => `${each.row} ${each.part} ${each.seed}`)];
  };

  expect(found([])).toEqual(["bench/results/2030-02-02", "06 day 2", "07 day 2"]);
  expect(found([], "storm")).toEqual(["bench/results/2030-01-01", "02 storm 1", "07 storm 1"]);
  expect(found(["07", "02"])).toEqual(["bench/results/2030-01-01", "07 storm 1", "02 storm 1"]);
  expect(found(["02"], "day")).toEqual(["bench/results/2030-02-02", "02 day 1"]);
  expect(found([], undefined, true)).toEqual(["bench/reference", "06 day 1"]);
  expect(() => found(["06", "07"], "storm")).toThrow(
    "Expected traces of `06 07 storm` in bench/results, found 02 day, 06 day, 07 day, 02 storm and 07 storm; run " +
      "`npm run bench:storm 06 07` first, or name others.",
  );
  expect(() => found(["01", "02", "03"])).toThrow("Expected at most 2 chapters, got 01 02 03;");
});

it("says what to do if nothing was measured yet", async () => {
  const root = await rootWith({});

  expect(() => findTraces(root, { rows: [] }, false)).toThrow(
    "Expected traces in bench/results, found none; run `npm run bench` first, or name others.",
  );
  expect(await replayOf(root)).toBeUndefined();
});

it("has the chapters' titles, their decisions' lines of code, and a true title", async () => {
  const root = await rootWith({
    "results/2030-02-02": [
      ["02", "day", 1],
      ["07", "day", 1],
    ],
  });
  const { chosen, where } = findTraces(root, { rows: [] }, false);

  const { title, source, panels } = await readReplay(chosen, where);

  expect(title).toBe("The same customers, the same kill, two chapters");
  expect(source).toMatch(/^Replay of the short day, bench\/results\/2030-02-02\. /);
  expect(panels.map((panel) => panel.title)).toEqual([
    "02 · A ticket instead of a wait",
    "07 · One conditional write takes a lease",
  ]);
  expect(panels[1]?.places.leaseHeld?.file).toBe("chapters/07-lock/lease.ts");
  expect(panels.flatMap(({ remarks }) => remarks)).toEqual([]);
});

it("shows what a damaged trace contains, and says that nothing can be called lost", async () => {
  const root = await rootWith({
    "results/2030-02-02": [
      ["02", "day", 1, ({ header }) => Object.assign(header, { dropped: { vendor: 3 } })],
      ["07", "day", 1, ({ events }) => Object.assign(events[5] ?? {}, { kind: "guessed" })],
    ],
  });
  const { chosen } = findTraces(root, { rows: [] }, false);

  const { panels } = await readReplay(chosen, "here");

  expect(panels[0]?.remarks).toEqual([
    "Of 02, events were not kept (3 of the vendor): nothing can be called lost because of this trace.",
  ]);
  expect(panels[1]?.remarks[0]).toMatch(/1 of its lines are no event/);
  expect(panels.every(({ trace }) => Object.values(trace.header.dropped).some((count) => count > 0))).toBe(
    true,
  );
  expect(panels[1]?.trace.events.length).toBeGreaterThan(20);
});

it("is written beside the report, and refuses to be too large to send", async () => {
  const root = await rootWith({ results: [["07", "day", 1]] });
  const folder = join(root, "bench", "results");
  const html = (await replayOf(folder)) ?? "";
  // Random, so that it hardly compresses.
  const remarks = Array.from({ length: 200_000 }, (_, at) => String(Math.sin(at)));
  const trace = inventedRun({ kind: "memory", ...short });

  expect(html).toContain('<script type="text/plain" id="replay">');
  expect(html.length).toBeLessThan(300_000);
  expect(() =>
    replayHtml({ title: "", source: "", panels: [{ title: "", trace, places: {}, remarks }] }),
  ).toThrow(`Expected a replay of at most ${mostBytes / 1e6} MB`);
  expect(chooseTraces([], { rows: [] })).toBeUndefined();
});
