import { expect, test } from "vitest";
import { checkRunning } from "./check-chapter.ts";
import { OpenTaskError } from "./task.ts";
import type { LiveCourse } from "./task.ts";

const finding = { did: "asked", expected: "a call", saw: "none", why: "so" };
const task = (number: number, check: () => Promise<void>) => ({
  number,
  title: `title ${number}`,
  file: "api.ts",
  hints: ["a nudge"] as const,
  check,
});
const passes = () => Promise.resolve();
const isLate = () => Promise.reject(new OpenTaskError(finding, { isLate: true }));
const busy = () => 5;

const checked = (...checks: (() => Promise<void>)[]) => {
  const course: LiveCourse = {
    chapter: "06",
    looksAt: "running",
    tasks: checks.map((check, at) => task(at + 1, check)),
  };
  return checkRunning(course, undefined, busy);
};

test("reports what passed before a task that can't be judged", async () => {
  await expect(checked(passes, isLate)).rejects.toThrow(/less to do\. Task 1 has passed\.$/);
  await expect(checked(passes, passes, isLate)).rejects.toThrow(/less to do\. Tasks 1, 2 have passed\.$/);
  await expect(checked(isLate, passes)).rejects.toThrow(/less to do\.$/);
});
