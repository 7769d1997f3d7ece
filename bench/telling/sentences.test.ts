import { describe, expect, it } from "vitest";
import type { Run } from "#shared/results.ts";
import { summedUp } from "../figures/run.ts";
import { figureOf } from "../figures/named-figures.ts";
import { viewOf } from "../figures/view.ts";
import type { ResultsView } from "../figures/view.ts";
import type { TrialPart } from "../plan/rows.ts";
import { inventedFullResults } from "../testing/invented.ts";
import { inventedResults } from "../testing/invented.ts";
import { labBlocks } from "./docs/blocks.ts";
import { bendSentence, labSentence } from "./sentences.ts";
import { tableLines } from "./table.ts";

describe("a sweep", () => {
  const results = inventedFullResults({ runs: 1 });

  const only = (id: string, change: (perSecond: number) => boolean) => {
    const chapters = results.chapters
      .filter((row) => row.id === id)
      .map((row) => ({
        ...row,
        sweep: (row.sweep ?? []).map((point) => ({ ...point, steady: change(point.perSecond) })),
      }));
    return viewOf({ ...results, chapters });
  };

  it("says what a row can take at most, all of it, or not even the least", () => {
    expect(bendSentence(only("04", () => true))).toBe("04 can take all 60 a second.");
    expect(bendSentence(only("04", () => false))).toBe("04 can't take 1 a second.");
    expect(bendSentence(only("04", (rate) => rate < 10))).toBe("04 can take 5 a second.");
  });

  it("does not trust a steady rate above an unsteady one", () => {
    expect(bendSentence(only("07", (rate) => rate !== 20))).toBe("07 can take 10 a second.");
  });
});

const waiting = { atMs: 1_000, inFlight: 0, setAside: 0, vendorOpen: 0 };

/** Two rows of a lab's plan, with two runs each and these changes to every run. */
function measured(part: "outage" | "rush" | "kills", rows: Record<string, (run: Run) => void>): ResultsView {
  const results = inventedResults();
  const [first] = results.chapters;
  const [run] = first?.day?.runs ?? [];
  const { day: plan } = results.plans;
  if (!first || !run || !plan) {
    throw new Error("Expected an invented day");
  }
  const chapters = Object.entries(rows).map(([id, change]) => {
    const runs = [1, 2].map((seed) => {
      const ledger = { ...run.ledger, rejected: 0, failed: 0, unanswered: 0 };
      const copy: Run = { ...structuredClone(run), seed, ledger };
      Object.assign(copy.ledger, { lost: 0, doubled: 0, deadLettered: 0, waiting: 0 });
      change(copy);
      return copy;
    });
    const { day: _day, ...row } = first;
    const summary = summedUp(runs);
    return { ...row, id, chapter: id, label: id.slice(0, 10), ...(summary && { [part]: summary }) };
  });
  return viewOf({ ...results, plans: { [part]: { ...plan, runs: 2 } }, chapters });
}

const outage = measured("outage", {
  "lab-retries": (run) => {
    run.beforeRedrive = { poison: 1, healthy: 20 + run.seed };
    run.samples = [3, 7, 5].map((visible) => ({ ...waiting, visible }));
  },
  "05": (run) => {
    run.beforeRedrive = { poison: 1, healthy: 0 };
  },
});
const rush = measured("rush", {
  "lab-relational": (run) => {
    run.connectionsRefused = 0;
  },
  "lab-relational+wide": (run) => {
    run.connectionsRefused = 100;
    run.ledger.deadLettered = 4;
  },
  "07": () => {},
});

const kills = measured("kills", {
  "lab-fifo": (run) => {
    run.unheard = 3;
    run.ledger.doubled = 2;
  },
  "05": (run) => {
    run.unheard = 4;
    run.ledger.doubled = 9;
    run.ledger.waiting = 1;
  },
});

function sentenceOf({ trials }: ResultsView, part: TrialPart): string | undefined {
  const trial = trials[part];
  return trial && labSentence(trial);
}

describe("a lab's own plan", () => {
  it("says how many healthy devices were set aside before the redrive, in all runs", () => {
    expect(sentenceOf(outage, "outage")).toBe(
      "lab-retries set 43 healthy devices aside and 05 set no healthy devices aside; the redrive brought all back.",
    );
    expect(sentenceOf(viewOf(inventedResults()), "day")).toBeUndefined();
  });

  it("says which rows were refused connections, and what it cost", () => {
    expect(sentenceOf(rush, "rush")).toBe(
      "lab-relati and 07 activate every device, once; lab-relati is refused 200 connections and sets 8 aside.",
    );
  });

  it("says what was done twice beyond the attempts that were cut off", () => {
    expect(sentenceOf(kills, "kills")).toBe(
      "lab-fifo does 4 twice (6 attempts were cut off); 05 does 18 twice and leaves 2 waiting (8 attempts were cut off).",
    );
  });

  it("has named figures for slides and texts", () => {
    const text = (view: ResultsView, name: string) => figureOf(view, name)?.text;

    expect(text(outage, "lab-retries outage set aside before")).toBe("43");
    expect(text(outage, "lab-retries outage longest backlog")).toBe("7");
    expect(text(rush, "lab-relational+wide rush refused connections")).toBe("200");
    expect(text(rush, "lab-relational rush lost")).toBe("0");
    expect(text(rush, "rush runs")).toBe("2");
    expect(text(kills, "lab-fifo kills twice")).toBe("4");
    expect(text(rush, "lab-retries outage lost")).toBeUndefined();
  });

  it("fits the screen's 80 columns", () => {
    const lines = tableLines(outage, "report.html");

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(" ")).toContain("lab-retrie");
  });

  it("fills a lab's README, and says if nothing was measured", () => {
    const chapters: never[] = [];
    const lab = { number: "lab-retries", name: "lab-retries", title: "Why?", isMeasured: true };
    const lines = { code: { added: 1, removed: 2 }, template: { added: 3, removed: 4 } };
    const sources = {
      view: viewOf(inventedResults()),
      chapters,
      countLines: () => lines,
      quote: () => "",
    };
    const filled = labBlocks({ ...sources, labs: { texts: [lab], view: outage } }, lab);
    const empty = labBlocks({ ...sources, labs: { texts: [lab], view: undefined } }, lab);

    expect(filled["answer"]).toMatch(/\| lab-retrie \| \S+ \| \S+ \| 43 \| \d+ \| 7 \|/);
    expect(filled["answer"]).not.toContain("lost");
    expect(filled["diff"]).toContain("3 lines of code (1 new, 2 gone)");
    expect(empty["answer"]).toMatch(/^The labs were not measured yet\./);
  });
});
