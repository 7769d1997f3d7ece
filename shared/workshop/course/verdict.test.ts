import { expect, test } from "vitest";
import type { CheckedTask } from "./check-chapter.ts";
import type { ChapterProgress } from "./progress.ts";
import { NotJudgedError } from "./task.ts";
import { verdictOf } from "./verdict.ts";

const task = (number: number, state: CheckedTask["state"]): CheckedTask => ({
  number,
  title: `title ${number}`,
  file: "api.ts",
  hints: ["a nudge"],
  state,
  ...(state === "open" && { finding: { did: "asked", expected: "202", saw: "201", why: "so" } }),
});

/** What is printed about a copy whose task 1 had passed, and what is saved. */
async function verdict(check: () => Promise<CheckedTask[]>) {
  let kept: ChapterProgress = { passed: [1], hints: {} };
  let changes = 0;
  const { lines, ...rest } = await verdictOf({
    chapter: "02",
    before: kept,
    check,
    keep: (change) => {
      changes += 1;
      kept = change(kept);
    },
    placeOf: ({ file }) => `mine/${file}`,
    afterwards: [],
  });
  return { text: lines.join("\n"), ...rest, kept, changes };
}

test("exits with 0 for a copy that passes, and with 1 for an open task", async () => {
  expect(await verdict(async () => [task(1, "done"), task(2, "done")])).toMatchObject({
    code: 0,
    kept: { passed: [1, 2] },
  });
  expect(await verdict(async () => [task(1, "open"), task(2, "unchecked")])).toMatchObject({
    code: 1,
    text: expect.stringContaining("Task 1 was done, and your last change broke it."),
    kept: { passed: [], broken: [1] },
  });
});

test("says in one sentence what could not be judged, with its own exit code, and leaves the progress alone", async () => {
  const sentence = "Your copy could not be judged: 5 processes want each core.";

  expect(await verdict(() => Promise.reject(new NotJudgedError(sentence)))).toEqual({
    code: 3,
    text: "",
    complaint: sentence,
    kept: { passed: [1], hints: {} },
    changes: 0,
  });
});

test("throws the check's own bugs", async () => {
  await expect(verdict(() => Promise.reject(new Error("a mistake of ours")))).rejects.toThrow("ours");
});
