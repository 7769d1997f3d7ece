import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { endBuilding } from "#shared/run/build/bundle.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { checkChapter } from "./check-chapter.ts";
import { findCourse } from "./courses.ts";
import { writeStart } from "./mine.ts";
import { inFolder, writeSolution } from "./testing/copies.ts";

// As on a quiet machine: being late counts against the copy even if the tests keep this machine busy.
const quiet = () => 0;

interface BrokenCopy {
  name: string;
  chapter: string;
  file: string;
  breakIt: (text: string) => string;
  saw: string | RegExp;
  brokenAt?: string | RegExp;
}

const inRequest = (statement: string) => (text: string) =>
  text.replace("const statusUrl =", () => `${statement}\n      const statusUrl =`);

const copies: BrokenCopy[] = [
  {
    name: "does not compile",
    chapter: "02",
    file: "api.ts",
    breakIt: (text) => text.replace("{ eventId, macAddress };", "{ eventId, macAddress ;"),
    saw: 'Expected "}" but found ";"',
    brokenAt: /^api\.ts:\d+$/,
  },
  {
    name: "has a function that does not compile",
    chapter: "04",
    file: "handler.ts",
    breakIt: (text) => text.replace("const ", "const = "),
    saw: "can't be bundled",
    brokenAt: /^handler\.ts:\d+$/,
  },
  {
    name: "has a template with a typing error",
    chapter: "04",
    file: "template.yaml",
    breakIt: (text) => text.replace("BatchSize:", "BatchSyze:"),
    saw: "BatchSyze",
    brokenAt: /^template\.yaml:\d+$/,
  },
  {
    name: "ends at once",
    chapter: "02",
    file: "main.ts",
    breakIt: () => "process.exit(0);\n",
    saw: "it ended: exit code 0",
  },
  {
    name: "throws while it starts",
    chapter: "02",
    file: "main.ts",
    breakIt: () => 'throw new Error("no such luck");\n',
    saw: "no such luck",
    brokenAt: "main.ts:1",
  },
  {
    name: "listens on nothing",
    chapter: "02",
    file: "main.ts",
    breakIt: () => 'import "#shared/child.ts";\nsetInterval(() => {}, 1_000);\n',
    saw: "it was not ready after 10 s",
  },
  {
    name: "answers no request",
    chapter: "03",
    file: "api.ts",
    breakIt: inRequest("await new Promise(() => {});"),
    saw: "no answer",
  },
  {
    name: "spins",
    chapter: "03",
    file: "api.ts",
    breakIt: inRequest("while (true);"),
    saw: "no answer",
  },
  {
    name: "throws in the handler of a request",
    chapter: "02",
    file: "api.ts",
    breakIt: inRequest("(undefined as unknown as string[]).push();"),
    saw: "the status 500 (its log: TypeError: Cannot read properties of undefined",
    brokenAt: /^api\.ts:\d+$/,
  },
  {
    name: "dies in the handler of a request",
    chapter: "02",
    file: "api.ts",
    breakIt: inRequest("process.exit(3);"),
    saw: "a connection that was refused, or cut (its log: The api ended by itself (exit code 3",
  },
];

describe("a copy that does not run is a finding, and leaves nothing running", () => {
  test.each(copies)("$name", async ({ chapter, file, breakIt, saw, brokenAt }) => {
    const beganAtMs = performance.now();
    const [first] = await inFolder(
      (folder) => {
        writeSolution(findChapter(chapter), folder);
        const text = readFileSync(join(folder, file), "utf8");
        expect(breakIt(text)).not.toBe(text);
        writeFileSync(join(folder, file), breakIt(text));
      },
      (folder) => checkChapter({ folder, course: stagedCourse(chapter), loadPerCore: quiet }),
    );

    expect(first).toMatchObject({ number: 1, state: "open" });
    expect(first?.finding?.saw).toMatch(saw);
    expect(first?.finding?.saw).not.toMatch(/\n/);
    expect(first?.brokenAt ?? "").toMatch(brokenAt ?? /^$/);
    // Every wait is bounded. This limit is for a machine with much else to do.
    expect(performance.now() - beganAtMs).toBeLessThan(40_000);
    // esbuild, which waits for this process's next build.
    await endBuilding();
    const left = () => (process.platform === "win32" ? [] : descendantsOf(process.pid).filter(isAlive));
    await eventually(() => expect(left()).toEqual([]));
  });
});

test("a template that can't be deployed keeps the done tasks, and opens the next one", async () => {
  const checked = await inFolder(
    (folder) => {
      writeSolution(findChapter("04"), folder);
      const path = join(folder, "template.yaml");
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.replace("MaximumConcurrency: 5", "MaximumConcurrency: 1"));
    },
    (folder) => checkChapter({ folder, course: stagedCourse("04"), passed: [1, 2], loadPerCore: quiet }),
  );

  expect(checked.map(({ state }) => state)).toEqual(["done", "done", "open"]);
  expect(checked[2]).toMatchObject({ doesNotRun: true, brokenAt: expect.stringMatching(/^template\.yaml:/) });
  expect(checked[2]?.finding?.expected).toMatch(/^template\.yaml:\d+ to be a template that can be deployed$/);
});

describe("a start that never answers", () => {
  const checkedAt = (loads: number[]) =>
    inFolder(
      (folder) => writeStart(findChapter("02"), folder),
      (folder) =>
        checkChapter({ folder, course: stagedCourse("02"), loadPerCore: () => loads.shift() ?? Infinity }),
    );

  test("is not judged on a busy machine", async () => {
    await expect(checkedAt([4.6, 5.2])).rejects.toThrow(
      expect.objectContaining({
        name: "NotJudgedError",
        message: expect.stringContaining(
          "5 processes want each core of this machine, and what was waited for",
        ),
      }),
    );
  });

  test("leaves the task open if the machine was not busy all the time", async () => {
    const [first] = await checkedAt([0.4, 5.2]);

    expect(first).toMatchObject({
      state: "open",
      finding: { saw: expect.stringContaining("no answer") as unknown },
    });
  });
});

test("variables that name another emulator don't affect a check", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9");
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");

  const checked = await inFolder(
    (folder) => writeSolution(findChapter("02"), folder),
    (folder) => checkChapter({ folder, course: stagedCourse("02"), loadPerCore: quiet }),
  );

  expect(checked.map(({ state, finding }) => ({ state, finding }))).toEqual([
    { state: "done", finding: undefined },
    { state: "done", finding: undefined },
  ]);
});

function stagedCourse(chapter: string) {
  const course = findCourse(chapter);
  if (course.looksAt === "running") {
    throw new Error(`Expected a course that is checked on a stage, got that of ${chapter}`);
  }
  return course;
}
