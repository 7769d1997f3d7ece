import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { fakeTerminal } from "#shared/testing/terminal.ts";
import { writeStart } from "../course/mine.ts";
import { readProgress } from "../course/progress.ts";
import { painter } from "../terminal/paint.ts";
import type { Commands } from "./commands.ts";
import { FollowScreen } from "./follow-screen.ts";

// Inside the project, since a copy imports the shared code.
const root = join(projectFolder, ".workshop");
// A check starts a chapter, which takes many times as long beside other tests.
const withinMs = 45_000;
let kept = "";
let mine = "";
let ran: string[] = [];

beforeEach(() => {
  mkdirSync(root, { recursive: true });
  kept = mkdtempSync(join(root, "test-follow "));
  mine = join(kept, "mine");
  mkdirSync(mine);
  ran = [];
});
afterEach(() => rmSync(kept, { recursive: true }));

/** Starting a chapter or a benchmark takes too long here, so this records what would be started. */
const commands: Commands = {
  show: async (name, args) => {
    ran.push([name, ...args].join(" "));
    return 0;
  },
  read: async (name, args) => {
    ran.push([name, ...args].join(" "));
    return { code: 0, lines: [`begun ${args[0]}`] };
  },
};

function open() {
  const terminal = fakeTerminal();
  // A sentence may continue in the next line.
  const shown = () => terminal.shown().replaceAll(/\s+/g, " ");
  const left = new FollowScreen({ terminal, mine, kept, commands, paint: painter(false) }).show();
  const sees = (words: string) => eventually(() => expect(shown()).toContain(words), { withinMs });
  // The screen ignores a key while another is still at work.
  const pressUntil = async (key: string, words: string) => {
    await eventually(
      () => {
        if (!shown().includes(words)) {
          terminal.press(key);
        }
        return shown().includes(words);
      },
      { withinMs, everyMs: 500 },
    );
  };
  return { terminal, left, sees, pressUntil, press: terminal.press };
}

test(
  "checks a copy, says what is missing, and checks again when a file is saved",
  { timeout: 120_000 },
  async () => {
    writeStart(findChapter("02"), mine);
    const file = join(mine, "api.ts");
    const change = (from: string, to: string) =>
      writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
    // It answers at once, and wrongly: a missing answer is no fault of the copy on a busy machine.
    change("await provision(activation)", "void provision(activation)");
    const { left, sees, press, terminal } = open();

    await sees("OPEN 1 answer first");
    await sees("place mine/api.ts:");
    change("export ", "export export ");
    await sees("checking");
    await sees("to compile");
    press("q");
    await left;

    expect(terminal.isRaw()).toBe(false);
    expect(terminal.written().endsWith("\u001B[?1049l")).toBe(true);
  },
);

test("asks for a guess before the first run, keeps it, and asks before leaving open tasks", async () => {
  writeStart(findChapter("03"), mine);
  const { left, sees, press, pressUntil } = open();

  press("r");
  await sees("Press a, b, c, or s to skip");
  press("b");
  await sees("Your guess: b)");
  await eventually(() => expect(ran).toEqual(["chapter 03"]));
  await sees("run ok");
  await eventually(
    () => {
      if (!ran.includes("chapter mine")) {
        press("y");
      }
      return ran.includes("chapter mine");
    },
    { withinMs, everyMs: 500 },
  );
  await pressUntil("n", "Begin 04 all the same?");
  press("y");
  await sees("begun 04");
  press("q");
  await left;

  expect(readProgress("03", { folder: kept })).toMatchObject({ guess: "b", did: ["run"] });
});

test("begins at the pharmacy, and loses nothing of a broken progress file", async () => {
  rmSync(mine, { recursive: true });
  writeFileSync(join(kept, "progress.json"), "{");
  const { left, sees, press, pressUntil } = open();

  await sees("progress begins anew");
  await sees("[00]");
  press("m");
  await sees("nothing to change or to measure");
  await pressUntil("n", "begun 01");
  press("q");
  await left;

  expect(new Set(ran)).toEqual(new Set(["begin 01"]));
});
