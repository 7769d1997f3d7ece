import { expect, test } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import type { CheckedTask } from "../course/check-chapter.ts";
import { findCourse } from "../course/courses.ts";
import { painter } from "../terminal/paint.ts";
import { describeFollow, drawFollow, helpPage, keysFor, leaveQuestion, predictQuestion } from "./draw.ts";
import type { FollowState } from "./draw.ts";
import { stepsOf } from "./path.ts";
import type { CoursePlace } from "./path.ts";

const plain = painter(false);
const size = { columns: 80, rows: 24 };
const usual = "asked for an activation while the queue confirmed no message, and the vendor took its time";
const long = "a sentence that a copy may well have said, with many words, and none of them short ".repeat(3);

const place: CoursePlace = {
  chapter: findChapter("04"),
  title: "04 · Lambda works on many at once",
  hasCopy: true,
  course: findCourse("04"),
  prediction: {
    question: long,
    choices: [
      { letter: "a", text: long },
      { letter: "b", text: "no sooner" },
    ],
  },
  next: findChapter("05"),
};

function tasksWith(...states: CheckedTask["state"][]): CheckedTask[] {
  return findCourse("04").tasks.map(({ check: _check, ...task }, at) => {
    const state = states[at] ?? "unchecked";
    const finding = { did: usual, expected: usual, saw: usual, why: usual };
    return { ...task, state, ...(state === "open" && { finding }) };
  });
}

function withSaw(saw: string): CheckedTask[] {
  return tasksWith("done", "open").map((task) =>
    task.finding === undefined ? task : { ...task, finding: { ...task.finding, saw, did: saw } },
  );
}

function stateWith(change: Partial<FollowState> = {}): FollowState {
  return {
    place,
    chapters: ["00", "01", "02", "03", "04", "05", "06", "07"],
    steps: stepsOf(place, { passed: [1], hints: {}, guess: "b", did: ["run"] }),
    guess: "b) no sooner",
    tasks: tasksWith("done", "open"),
    placeOf: () => "mine/handler.ts:31",
    note: [],
    keys: keysFor(place),
    ...change,
  };
}

test("shows the place, the steps, the guess, the tasks, the finding, and the keys", () => {
  const text = drawFollow(stateWith(), size, plain).join("\n");

  expect(text).toContain(" 03 [04] 05  06  07    your copy: mine/");
  expect(text).toContain("read ok   predict ok   run ok   > change   measure");
  expect(text).toContain("Next: save a file of mine/, and its tasks are checked");
  expect(text).toContain("Your guess: b) no sooner");
  expect(text).toMatch(/ {2}done {3}1 .*\n {2}OPEN {3}2 .*\n {2}- {6}3 /);
  expect(text).toContain("place     mine/handler.ts:31");
  expect(text).toContain("c check");
});

const pages: [string, Partial<FollowState>][] = [
  ["nothing checked yet", { tasks: tasksWith(), checkingForMs: 12_345 }],
  ["a long finding", { tasks: withSaw(long) }],
  ["a long guess and a long note", { guess: `a) ${long}`, note: [long, long] }],
  ["the help", { page: helpPage(place, stepsOf(place, { passed: [1], hints: {} })) }],
  ["the question before the run", { page: predictQuestion(place.prediction!, async () => {}).lines }],
  ["the question before the next", { page: leaveQuestion("04", "05", tasksWith(), async () => {}).lines }],
  ["all done", { tasks: tasksWith("done", "done", "done") }],
];
test.each(pages)("draws in every width from 1 to 200 columns: %s", (_name, change) => {
  for (let columns = 1; columns <= 200; columns += 1) {
    expect(drawFollow(stateWith(change), { columns, rows: 24 }, plain).length).toBeGreaterThan(0);
  }
});

test.each(pages)("fits into 80 columns and 24 rows, with all keys: %s", (_name, change) => {
  const lines = drawFollow(stateWith(change), size, plain);

  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines.at(-1)).toContain("q quit");
  expect(lines.at(0)).toContain("04 · Lambda");
});

test("shows when the last check ran, unless one is running", () => {
  const checkedAtMs = new Date(2026, 0, 1, 14, 3, 9).getTime();
  const title = (change: Partial<FollowState>) => drawFollow(stateWith(change), size, plain)[0];

  expect(title({ checkedAtMs })).toMatch(/^04 .* checked at 14:03:09$/);
  expect(title({ checkedAtMs, checkingForMs: 2_400 })).toMatch(/^04 .* checking 2 s$/);
});

test("in a terminal with few rows, at least says what the keys are", () => {
  const lines = drawFollow(stateWith(), { columns: 40, rows: 8 }, plain);

  expect(lines.length).toBeLessThanOrEqual(8);
  expect(lines.at(-1)).toContain("q quit");
});

test("without a terminal, says where you are, and the next command", () => {
  const steps = stepsOf(place, { passed: [1, 2, 3], hints: {}, did: ["run"] });

  expect(describeFollow({ ...stateWith(), steps }).at(0)).toBe(
    "You are in 04 · Lambda works on many at once",
  );
  expect(describeFollow({ ...stateWith(), steps }).at(-1)).toBe("Next: `npm run bench 04 mine`");
});

test("names the next command for each step", () => {
  const nothing = { passed: [], hints: {} };
  const next = (progress: Parameters<typeof stepsOf>[1], at: Partial<CoursePlace> = {}) => {
    const there = { ...place, ...at };
    return describeFollow({ ...stateWith(), place: there, steps: stepsOf(there, progress) }).at(-1);
  };

  expect(next(nothing)).toBe("Next: read chapters/04-lambda/README.md");
  expect(next({ ...nothing, guess: "a" })).toBe("Next: `npm run chapter 04`");
  expect(next({ passed: [1, 2, 3], hints: {}, guess: "a" })).toBe("Next: `npm run chapter mine`");
  expect(next({ ...nothing, did: ["run"] })).toBe("Next: `npm run check 04`");
  expect(next({ passed: [1, 2, 3], hints: {}, did: ["run", "measure"] })).toBe("Next: `npm run begin 05`");
  expect(next(nothing, { hasCopy: false })).toBe("Next: `npm run begin 04`");
});
