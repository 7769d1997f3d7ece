import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resultsJson } from "#shared/results.ts";
import type { Results, Run } from "#shared/results.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { traceFile, tracesIn } from "#shared/tracing/read.ts";
import { viewOf } from "../../figures/view.ts";
import { inventedFullResults } from "../../testing/invented.ts";
import { inventedResults } from "../../testing/invented.ts";
import { entriesOf } from "../../trial/ledger.ts";
import { benchBlocks, chapterBlocks, readmeBlocks } from "./blocks.ts";
import { BlockError, documents, fillBlocks, readBlocks, readSources, staleBlocks } from "./documents.ts";
import { readReference, takeReference } from "./reference.ts";
import { chapterText, glossaryOf, TextError } from "./texts.ts";

describe("a block in a text", () => {
  const text =
    "before\n<!-- docs:one -->\n\nold\n\n<!-- /docs -->\nbetween\n<!-- docs:two -->\n<!-- /docs -->\n";

  it("gets new figures without changing anything around it", () => {
    const filled = fillBlocks(text, { one: "$& 1", two: "2" }, "a.md");

    expect(filled).toBe(
      "before\n<!-- docs:one -->\n\n$& 1\n\n<!-- /docs -->\nbetween\n<!-- docs:two -->\n\n2\n\n<!-- /docs -->\n",
    );
    expect(fillBlocks(filled, { one: "$& 1", two: "2" }, "a.md")).toBe(filled);
  });

  it("is refused by name if it is unknown, or has no end", () => {
    expect(() => fillBlocks(text, { one: "1" }, "a.md")).toThrow(
      new BlockError("Expected one of the blocks one in a.md, got `docs:two`; rename it."),
    );
    expect(() => readBlocks("<!-- docs:one -->\nold\n", "a.md")).toThrow(BlockError);
    expect(() => readBlocks("<!-- docs:one -->\n<!-- docs:two -->\n<!-- /docs -->", "a.md")).toThrow(
      BlockError,
    );
  });
});

describe("a chapter's README", () => {
  it("gives its title and what still breaks", () => {
    const text = "# 03 · The queue\n\nWords.\n\n**Still breaks:** it is slow.\n";

    expect(chapterText("03-queue", text, "a.md")).toEqual({
      number: "03",
      name: "03-queue",
      title: "The queue",
      breaks: "it is slow",
    });
  });

  it("is refused without a title of its number", () => {
    expect(() => chapterText("03-queue", "# 04 · The queue\n", "a.md")).toThrow(TextError);
  });
});

describe("the glossary", () => {
  const readme = (...items: string[]) =>
    `New words:\n\n${items.map((item) => `- ${item}\n`).join("")}\nMore.\n`;

  it("has each word once, in alphabetical order, with the meaning of the last chapter that introduces it", () => {
    const readmes = [
      {
        chapter: "00-a",
        text: readme("**ticket**: a promise.", "**queue** (FIFO): keeps\n  `messages`: all."),
      },
      { chapter: "02-b", text: readme("**ticket**: a row.", "**queue length**: how much.") },
      { chapter: "03-c", text: "Nothing new.\n" },
    ];

    expect(glossaryOf(readmes)).toEqual([
      { word: "**queue** (FIFO)", meaning: "keeps `messages`: all.", chapter: "00-a" },
      { word: "**queue length**", meaning: "how much.", chapter: "02-b" },
      { word: "**ticket**", meaning: "a row.", chapter: "02-b" },
    ]);
  });

  it("refuses a word without a meaning", () => {
    expect(() => glossaryOf([{ chapter: "00-a", text: readme("**ticket** is a row.") }])).toThrow(
      new TextError(
        "Expected each new word of 00-a as `- **word**: what it means`, got **ticket** is a row..",
      ),
    );
  });
});

describe("the figures", () => {
  const ticket = { number: "02", name: "02-ticket", title: "A ticket", isMeasured: true };
  const chapters = [
    { number: "00", name: "00-pharmacy", title: "Two timelines", isMeasured: false },
    { number: "01", name: "01-synchronous", title: "Wait", breaks: "slow", isMeasured: true },
    ticket,
  ];
  const lines = { code: { added: 40, removed: 9 }, template: { added: 2, removed: 1 } };
  const labs = { texts: [], view: undefined };
  const sources = {
    view: viewOf(inventedResults()),
    chapters,
    labs,
    countLines: () => lines,
    quote: () => "code",
  };

  it("include a row for every chapter", () => {
    const [, , pharmacy, first, second] = (readmeBlocks(sources)["chapters"] ?? "").split("\n");

    expect(pharmacy).toBe("| [00](chapters/00-pharmacy/README.md) | Two timelines | - | - | - |");
    expect(first).toMatch(/^\| \[01\]\(\S+\) \| Wait \| \d+ms \| \d+ms \| slow \|$/);
    expect(second).toMatch(/^\| \[02\]\(\S+\) \| A ticket \| [\d.]+ms \| \d+ms \| - \|$/);
  });

  it("say of how many customers the first step loses some", () => {
    expect(readmeBlocks(sources)["change"]).toMatch(/\*\* The price: of 80 customers, 02 .+\.$/);
  });

  it("show only a chapter and the one before it", () => {
    const labels = (block = "") =>
      [...block.matchAll(/^(?:\| |- \*\*)(\d\d \w+)/gm)].map(([, label]) => label);
    const blocks = chapterBlocks(sources, ticket);

    expect([labels(blocks["clocks"]), labels(blocks["measured"])]).toEqual([
      ["01 sync", "02 ticket"],
      ["01 sync", "02 ticket"],
    ]);
  });
});

describe("the figures of storm and sweep", () => {
  const queue = { number: "03", name: "03-queue", title: "The queue", isMeasured: true };
  const chapters = [{ number: "02", name: "02-ticket", title: "A ticket", isMeasured: true }, queue];
  const countLines = () => ({ code: { added: 1, removed: 0 }, template: { added: 0, removed: 0 } });
  const labs = { texts: [], view: undefined };
  const view = viewOf(inventedFullResults({ runs: 1, short: true }));
  const full = { view, chapters, labs, countLines, quote: () => "code" };

  it("are all rows in the bench's README, and two in a chapter's", () => {
    const rows = (block = "") =>
      [...block.matchAll(/^(?:\| |- \*\*)(\d\d [\w+]+)/gm)].map(([, label]) => label);

    expect(rows(benchBlocks(full)["scoreboard"])).toHaveLength(8);
    expect(rows(chapterBlocks(full, queue)["storm"])).toEqual(["02 ticket", "03 queue"]);
  });

  it("say up to which rate a chapter keeps up", () => {
    expect(chapterBlocks(full, queue)["bend"]?.split("\n")[0]).toBe(
      "Keeps up with 2 customers a second. From 5 a second on, the backlog keeps growing.",
    );
  });

  it("mark the answers of a saturated machine, and explain the mark below the table", () => {
    const results = inventedFullResults({ runs: 1, short: true });
    const processor = { busyShare: 0.7, busiestShare: 0.93, ofOneCore: {} };
    Object.assign(results.chapters[2]?.storm?.runs[0] ?? {}, { processor });
    const { storm = "", clocks = "" } = chapterBlocks({ ...full, view: viewOf(results) }, queue);

    expect(storm).toMatch(
      /^- \*\*03 queue\*\*: answered p50 \S+ms\\\*, max \S+ms\\\*; device works p50 [^*]+$/m,
    );
    expect(storm).toContain("\\* The machine was saturated (93 % busy): these answers waited for it, too.");
    expect(clocks).not.toContain("*");
  });

  it("say of each row what happened in it, of how many customers, and nothing of what did not", () => {
    const results = inventedFullResults({ runs: 1, short: true });
    const run = results.chapters[2]?.day?.runs[0];
    const nothing = {
      rejected: 0,
      failed: 0,
      unanswered: 0,
      lost: 0,
      gaveUp: 0,
      waiting: 0,
      deadLettered: 0,
    };
    Object.assign(run?.ledger ?? {}, nothing, { doubled: 2, vendorCalls: 82 });
    const linesOf = () =>
      chapterBlocks({ ...full, view: viewOf(results) }, queue)["measured"]?.split("\n") ?? [];

    expect(linesOf()[0]).toBe("Of 80 customers:");
    expect(linesOf().at(-1)).toBe("- **03 queue**: 2 twice; 82 calls to the vendor");
    Object.assign(run?.ledger ?? {}, { doubled: 0, vendorCalls: 80 });
    expect(linesOf().at(-1)).toBe("- **03 queue**: every device works, once; 80 calls to the vendor");
  });

  it("have their source in short, and in full on the benchmark's page", () => {
    const [short = "", whole = ""] = [chapterBlocks(full, queue)["source"], benchBlocks(full)["source"]];

    expect(short.replaceAll("\n", " ")).toMatch(
      /^<sub>Medians and sums of 1 day, 1 storm and one sweep\. `npm run/,
    );
    expect(short).toContain("](../../bench/README.md)");
    expect(whole.replaceAll("\n", " ")).toMatch(
      /^<sub>The day: 80 customers in \d+ s, .+ The storm: .+ The sweep: /,
    );
  });

  it("say below their table what was repeated, in this part and these rows only", () => {
    const results = inventedFullResults({ runs: 1, short: true });
    const late = { reasons: ["the sender was late: the worst of 129 requests by 30 ms"] };
    Object.assign(results.chapters[2]?.storm?.runs[0] ?? {}, { discarded: [late] });
    const sources = { ...full, view: viewOf(results) };
    const { storm = "", clocks = "" } = chapterBlocks(sources, queue);

    expect(storm).toContain("Measured again, because the sender was late: 03 queue (once).");
    expect(clocks).not.toContain("Measured again");
    const next = { number: "05", name: "05-dead-letter-queue", title: "Set aside", isMeasured: true };
    expect(chapterBlocks(sources, next)["storm"]).not.toContain("Measured again");
  });

  it("say that nothing of the kind was measured", () => {
    const day = { ...full, view: viewOf(inventedResults()) };
    const { scoreboard = "", sweep = "" } = benchBlocks(day);
    const { storm = "", bend = "" } = chapterBlocks(day, queue);

    for (const block of [scoreboard, sweep, storm, bend]) {
      expect(block).toMatch(/^The reference run has no (storm|sweep)\. `npm run bench:\w+` measures one\.$/);
    }
  });
});

describe("the reference", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "take a ticket-"));
    mkdirSync(join(root, "bench", "reference"), { recursive: true });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** The root's only results. */
  function measured(change: (results: Results) => void) {
    const results = inventedResults();
    change(results);
    const folder = join(root, "bench", "results", "2026-11-23T10-15-00");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "results.json"), resultsJson(results));
  }

  const doubt = (results: Results) => {
    results.trustworthy = false;
    results.chapters[0]?.day?.runs[0]?.reasons.push("the machine slept");
  };

  it("is a run with its pictures, and no picture of the run before", () => {
    measured(() => undefined);
    writeFileSync(join(root, "bench", "reference", "storm-light.svg"), "");

    takeReference({ root });

    expect(readdirSync(join(root, "bench", "reference")).toSorted()).toEqual([
      "results.json",
      "two-clocks-dark.svg",
      "two-clocks-light.svg",
    ]);
  });

  it("has one day and one storm of each row, with short ids that still match", async () => {
    measured(() => undefined);
    const { seed } = inventedResults();
    const from = join(root, "bench", "results", "2026-11-23T10-15-00");
    const reference = join(root, "bench", "reference");
    const id = randomUUID();
    const lines = ["deleted", "hidden"].map((kind) => JSON.stringify({ kind, by: id }));
    const keep = (folder: string, of: Parameters<typeof traceFile>[0]) => {
      mkdirSync(join(folder, "traces"), { recursive: true });
      writeFileSync(join(folder, traceFile(of)), gzipSync(lines.join("\n")));
    };
    keep(from, { row: "07+key", part: "storm", seed });
    keep(from, { row: "07+key", part: "storm", seed: seed + 1 });
    keep(from, { row: "05", part: "outage", seed });
    keep(reference, { row: "02", part: "day", seed });

    takeReference({ root });

    const kept = tracesIn(reference);
    expect(kept.map(({ row, part }) => [row, part])).toEqual([["07+key", "storm"]]);
    expect(gunzipSync(readFileSync(kept[0]?.file ?? "")).toString()).toBe(
      lines.join("\n").replaceAll(id, "id-0"),
    );
  });

  it("is refused with the reasons if it is doubtful, and accepted if you ask for a doubtful one", () => {
    measured(doubt);

    expect(() => takeReference({ root })).toThrow(
      /01 sync: the machine slept\. Run `npm run bench` again, or/,
    );
    takeReference({ root, doubtful: true });
    expect(readReference(root).trustworthy).toBe(false);
  });

  it("is never a run that was stopped", () => {
    measured((results) => {
      results.complete = false;
    });

    expect(() => takeReference({ root, doubtful: true })).toThrow(/^Expected a complete run/);
  });
});

describe("the committed reference", () => {
  const folder = join(projectFolder, "bench", "reference");
  const { view, labs } = readSources();
  const runs = [view, labs.view].flatMap((each) =>
    Object.entries(each?.trials ?? {}).flatMap(([part, { rows }]) =>
      rows.flatMap(({ id, runs }) => runs.map((run) => ({ what: `${id} ${part} ${run.seed}`, run }))),
    ),
  );

  it("is small enough for everyone to clone", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
      join(folder, name),
    );
    const bytes = files.map((file) => statSync(file)).map((stat) => (stat.isFile() ? stat.size : 0));

    // The traces take one megabyte of it.
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(2.5 * 2 ** 20);
  });

  it("has what proves each run's ledger, and what its pictures are drawn from", () => {
    const isWhole = ({ ledger, customers, seconds, samples, percentiles }: Run) => {
      const isProved =
        customers.length > 0
          ? isDeepStrictEqual(entriesOf(customers, ledger.vendorCalls), ledger)
          : seconds.reduce((sum, { arrivals }) => sum + arrivals, 0) === ledger.sent && samples.length > 0;
      return isProved && percentiles.length > 0;
    };

    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter(({ run }) => !isWhole(run)).map(({ what }) => what)).toEqual([]);
  });
});

it("the READMEs show the reference run and the code as they are (`npm run docs` fills them)", () => {
  const texts = documents(readSources());

  expect(staleBlocks(texts)).toEqual([]);
});
