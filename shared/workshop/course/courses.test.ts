import { describe, expect, it, test } from "vitest";
import { courses, findCourse } from "./courses.ts";
import { makeMistake } from "./testing/copies.ts";

test.each(["00", "01"])("chapter %s has no tasks, and the error says what to do there instead", (chapter) => {
  expect(() => findCourse(chapter)).toThrow(`run it with \`npm run chapter ${chapter}\``);
});

test("a course's tasks are numbered in order, and each has hints, from a nudge on", () => {
  for (const { chapter, tasks } of courses) {
    expect(findCourse(chapter).tasks).toBe(tasks);
    expect(tasks.map(({ number }) => number)).toEqual(tasks.map((_task, index) => index + 1));
    for (const { hints } of tasks) {
      expect(hints.length).toBeGreaterThanOrEqual(2);
    }
  }
});

describe("a mistake", () => {
  const text = "work(\n  first,\n  second,\n);\nend();\nend();\n";

  it("can be put into the chapter's code, whatever its layout", () => {
    const play = ["work(first, second,", "play("] as const;
    const stop = ["second, );", "stop);"] as const;
    expect(makeMistake(text, "api.ts", { name: "plays", edits: [play] })).toBe("play(\n);\nend();\nend();\n");
    expect(makeMistake(text, "api.ts", { name: "stops", edits: [["first,", ""], stop] })).toBe(
      "work(\n  \n  stop);\nend();\nend();\n",
    );
  });

  it.each([
    ["stop();", 0],
    ["end();", 2],
  ])("is named, and its file, if `%s` is there %i times", (find, times) => {
    expect(() => makeMistake(text, "api.ts", { name: "never ends", edits: [[find, ""]] })).toThrow(
      `Expected \`${find}\` once in api.ts, for the mistake "never ends", found it ${times} times`,
    );
  });
});
