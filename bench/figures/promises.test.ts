import { describe, expect, it } from "vitest";
import type { LedgerEntries, Results, Run } from "#shared/results.ts";
import { inventedResults } from "../testing/invented.ts";
import { brokenPromises } from "./promises.ts";

const openCalls = ["00-00-5E-10-00-00-00-00", "00-00-5E-10-00-00-00-01"];

/** Results in which one row's storm ended with these entries. */
function ended(
  id: string,
  entries: Partial<LedgerEntries>,
  change: Partial<Run> = {},
  part: "storm" | "outage" | "rush" | "kills" = "storm",
): Results {
  const results = inventedResults();
  const [chapter] = results.chapters;
  const [run] = chapter?.day?.runs ?? [];
  if (!chapter?.day || !run) {
    throw new Error("Expected an invented day");
  }
  const storm = {
    ...chapter.day,
    runs: [{ ...run, ...change, ledger: { ...run.ledger, lost: 0, doubled: 0, ...entries } }],
  };
  return { ...results, chapters: [{ ...chapter, id, label: id, [part]: storm }] };
}

const killed = { kills: [{ atMs: 9_000, target: "function" as const, openCalls }] };

describe("a chapter's promise", () => {
  it.each<[string, string, Partial<LedgerEntries>, Partial<Run>]>([
    ["02 loses some", "02", { lost: 1 }, {}],
    ["03 loses none, and may do any twice", "03", { doubled: 9 }, {}],
    ["05 loses none and does some twice", "05", { doubled: 1 }, { beforeRedrive: { poison: 3, healthy: 0 } }],
    ["07 does twice what was open in a killed environment", "07", { doubled: 2 }, killed],
    ["07 does twice what nobody heard the end of", "07", { doubled: 3 }, { ...killed, unheard: 3 }],
    ["01 promises nothing", "01", { lost: 7 }, {}],
  ])("is kept: %s", (_name, id, entries, change) => {
    expect(brokenPromises(ended(id, entries, change))).toEqual([]);
  });

  it.each<[string, string, Partial<LedgerEntries>, Partial<Run>, string]>([
    ["02 loses none", "02", {}, {}, "Expected that 02 loses some"],
    ["03 loses one", "03", { lost: 1 }, {}, "Expected that 03 loses none"],
    ["05 does none twice", "05", {}, {}, "provisions some twice"],
    [
      "05 sets a healthy device aside",
      "05",
      { doubled: 1 },
      { beforeRedrive: { poison: 3, healthy: 1 } },
      "only poison",
    ],
    ["07 does more twice than were open", "07", { doubled: 3 }, killed, "twice 3, 2 unheard"],
    ["07 does more twice than were unheard", "07", { doubled: 1 }, { unheard: 0 }, "twice 1, 0 unheard"],
    [
      "07 does one twice that was open in the API",
      "07",
      { doubled: 1 },
      { kills: [{ atMs: 1, target: "api", openCalls }] },
      "0 unheard",
    ],
    ["07 with the key does one twice", "07+key", { doubled: 1 }, killed, "provisions none twice"],
  ])("is broken: %s", (_name, id, entries, change, words) => {
    const [sentence, ...more] = brokenPromises(ended(id, entries, change));

    expect(sentence).toContain(words);
    expect(more).toEqual([]);
  });

  it("differs in a lab's own plan", () => {
    const aside = { beforeRedrive: { poison: 0, healthy: 4 } };
    const none = { waiting: 0, deadLettered: 0 };

    expect(brokenPromises(ended("lab-retries", none, aside, "outage"))).toEqual([]);
    expect(brokenPromises(ended("lab-retries", none, {}, "outage"))).toEqual([
      expect.stringContaining(
        "lab-retries has used up its retries for some healthy devices, but in the outage",
      ),
    ]);
    expect(brokenPromises(ended("05", none, aside, "outage"))).toHaveLength(1);
    expect(brokenPromises(ended("lab-relational+each", { doubled: 1 }, {}, "rush"))).toHaveLength(1);
    expect(brokenPromises(ended("lab-fifo", { doubled: 2 }, killed, "kills"))).toEqual([]);
    expect(brokenPromises(ended("lab-fifo", { doubled: 3 }, killed, "kills"))).toHaveLength(1);
  });
});
