import { describe, expect, test } from "vitest";
import type { CheckedTask } from "./check-chapter.ts";
import { describeCheck, isPassed } from "./text.ts";
import { describeHints, nextTask } from "./text.ts";
import type { Course } from "./task.ts";

const hints = ["a nudge", "a longer pointer to the code ".repeat(6).trim()] as const;
const task = (number: number, state: CheckedTask["state"], more: Partial<CheckedTask> = {}): CheckedTask => ({
  number,
  title: `title ${number}`,
  file: "handler.ts",
  hints,
  state,
  ...more,
});
const finding = {
  did: "delivered four messages",
  expected: "three of them deleted",
  saw: `all four again, ${"and again ".repeat(12)}\n  at once`,
  why: "the vendor is called for nothing",
};
const describeOf = (...checked: CheckedTask[]) =>
  describeCheck({
    chapter: "04",
    checked,
    placeOf: ({ file }) => `mine/${file}:31`,
    afterwards: ["npm run bench 04 mine", "npm run begin 05"],
  });

describe("npm run check", () => {
  test("lists every task, and describes the first open one in six lines of at most 80 columns", () => {
    const lines = describeOf(task(1, "done"), task(2, "open", { finding }), task(3, "unchecked"));

    expect(lines.slice(1, 4)).toEqual(["  done   1  title 1", "  OPEN   2  title 2", "  -      3  title 3"]);
    const labels = lines.slice(7).flatMap((line) => /^\w+/.exec(line) ?? []);
    expect(labels).toEqual(["did", "expected", "saw", "why", "place", "next"]);
    expect(lines).toContain("place     mine/handler.ts:31");
    expect(lines).toContain("next      `npm run hint 04 2`");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("says clearly which part is done, and what is left", () => {
    const extra = task(9, "open", { finding, isExtra: true });
    const open = (number: number) => task(number, "open", { finding });

    expect(describeOf(task(1, "done"), open(2), extra)).toContain("1 of 2 tasks is done. Task 2 is left.");
    expect(describeOf(task(1, "done"), task(2, "done"), open(3), task(4, "unchecked"))).toContain(
      "2 of 4 tasks are done. Tasks 3 and 4 are left.",
    );
    for (const lines of [describeOf(open(1), extra), describeOf(task(1, "done"), extra)]) {
      expect(lines.join(" ")).not.toMatch(/ left\./);
    }
  });

  test("names the line of the mistake rather than the task's", () => {
    expect(describeOf(task(1, "open", { finding, brokenAt: "api.ts:7" }))).toContain(
      "place     mine/api.ts:7",
    );
  });

  test("describes a copy that doesn't run, not the task", () => {
    const lines = describeOf(task(1, "open", { finding, doesNotRun: true }));

    expect(lines).toContain("place     mine/");
    expect(lines).toContain("next      correct it, then `npm run check 04`");
  });

  test("says of a task that had passed that a later change has broken it", () => {
    const lines = describeOf(task(1, "open", { finding, wasDone: true }), task(2, "unchecked"));

    expect(lines).toContain("Task 1 was done, and your last change broke it.");
    expect(lines.join(" ")).toContain("`npm run diff 04 mine`");
    expect(lines.join(" ")).not.toContain("npm run hint");
  });

  test("says what to do after the last task", () => {
    const lines = describeOf(task(1, "done"), task(2, "done"));

    expect(lines.slice(-2)).toEqual([
      "All tasks of 04 are done.",
      "Next: `npm run bench 04 mine`, then `npm run begin 05`",
    ]);
  });

  test("an open extra task doesn't block the others, but is described too", () => {
    const checked = [task(1, "done"), task(2, "open", { finding, isExtra: true })];

    expect(isPassed(checked)).toBe(true);
    const lines = describeOf(...checked);
    expect(lines).toContain("  OPEN   2  title 2 (extra)");
    expect(lines).toContain(
      "saw".padEnd(10) + "all four again, and again and again and again and again and again and",
    );
    expect(lines).toContain("All that must be done in 04 is done; the extra task is as you like.");
  });

  test("a required open task comes before an extra one", () => {
    const other = { ...finding, did: "looked at the other" };
    const checked = [task(1, "open", { finding, isExtra: true }), task(2, "open", { finding: other })];

    expect(isPassed(checked)).toBe(false);
    expect(describeOf(...checked)).toContain("did       looked at the other");
  });
});

describe("npm run hint", () => {
  const check = async () => {};
  const course: Course = {
    chapter: "05",
    tasks: [
      { number: 1, title: "one", file: "handler.ts", hints, check },
      { number: 2, title: "two", file: "handler.ts", hints, isExtra: true, check },
      { number: 3, title: "three", file: "handler.ts", hints, check },
    ],
  };
  const shown = (count: number, looksAt: "stage" | "running" = "stage") =>
    describeHints({
      course: { chapter: "05", looksAt },
      task: { number: 1, title: "one", file: "handler.ts", hints },
      place: "mine/handler.ts:9",
      shown: count,
    });

  test("is for the first task that has not passed, extra ones last", () => {
    expect(nextTask(course, [], undefined).number).toBe(1);
    expect(nextTask(course, [1], undefined).number).toBe(3);
    expect(nextTask(course, [1, 3], undefined).number).toBe(2);
    expect(nextTask(course, [1], "1").number).toBe(1);
  });

  test.each([
    [[1, 2, 3], undefined, "have passed"],
    [[], "4", "one of the tasks 1, 2, 3"],
    [[], "first", "got first"],
  ])("refuses if there is no hint: passed %j, asked for %j", (passed, word, sentence) => {
    expect(() => nextTask(course, passed, word)).toThrow(sentence);
  });

  test("repeats all hints so far, and says how to see another one", () => {
    expect(shown(1)).toEqual([
      "Task 1 of 05: one  (mine/handler.ts:9)",
      "",
      "1.  a nudge",
      "",
      "Hint 1 of 2; one more: `npm run hint 05 1`",
    ]);
    const all = shown(2);
    expect(all).toContain("1.  a nudge");
    expect(all.filter((line) => line.length > 80)).toEqual([]);
  });

  test("says after the last one where to see the solution, if there is one", () => {
    expect(shown(2).at(-1)).toContain("That is all. `npm run diff 05 mine` shows");
    expect(shown(2, "running").at(-1)).toBe("That is all.");
  });
});
