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

/** What is said about a copy of which task 1 had passed, and what is kept. */
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

test("a copy that passes ends the command with 0, and one with an open task with 1", async () => {
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

test("what could not be judged is one sentence and an exit code of its own, and leaves the progress alone", async () => {
  const sentence = "Your copy could not be judged: 5 processes want each core.";

  expect(await verdict(() => Promise.reject(new NotJudgedError(sentence)))).toEqual({
    code: 3,
    text: "",
    complaint: sentence,
    kept: { passed: [1], hints: {} },
    changes: 0,
  });
});

test("a mistake of the check's own is none of these", async () => {
  await expect(verdict(() => Promise.reject(new Error("a mistake of ours")))).rejects.toThrow("ours");
});
