import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "#shared/command.ts";
import { findChapter } from "#shared/run/chapters.ts";
import {
  begin,
  bringBack,
  listSaved,
  needCopyOf,
  placeOf,
  placesOf,
  readBegun,
  whichChapter,
  writeStart,
} from "./mine.ts";

let root: string;
let mine: string;
let saved: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "take a ticket "));
  [mine, saved] = [join(root, "mine"), join(root, "saved")];
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 9, 0, second));
const started = (word: string, second: number) => begin(findChapter(word), at(second), mine, saved);
const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");
const change = (text: string) => writeFileSync(join(mine, "api.ts"), text);

describe("begin", () => {
  it("copies code and template but no tests, and records the chapter", () => {
    expect(started("03", 1)).toEqual({ kind: "none" });

    expect(readdirSync(mine).toSorted()).toEqual([
      ".begun.json",
      "api.ts",
      "main.ts",
      "template.yaml",
      "tickets.ts",
      "tsconfig.json",
      "worker.ts",
    ]);
    expect(readBegun(mine)).toMatchObject({ chapter: "03", name: "03-queue", begunAt: at(1).toISOString() });
    expect(read("mine", "api.ts")).toContain("// TASK 1: ");
  });

  it("saves nothing if nothing was changed, whatever line endings the editor wrote", () => {
    started("03", 1);
    change(read("mine", "api.ts").replaceAll("\n", "\r\n"));

    expect(started("04", 2)).toEqual({ kind: "unchanged" });
    expect(listSaved(saved)).toEqual([]);
    expect(readdirSync(mine)).not.toContain("worker.ts");
  });

  it.each([
    ["a file that was changed", () => change("my own work")],
    ["a file of one's own", () => writeFileSync(join(mine, "notes.md"), "my own work")],
    [
      "a folder of one's own",
      () => mkdirSync(join(mine, "notes")) ?? writeFileSync(join(mine, "notes", "a"), "mine"),
    ],
    ["a file that was thrown away", () => rmSync(join(mine, "worker.ts"))],
  ])("saves %s, and brings it back", (_, work) => {
    started("03", 1);
    work();
    const before = readdirSync(mine, { recursive: true, encoding: "utf8" }).toSorted();

    expect(started("04", 2)).toEqual({ kind: "saved", name: "2026-11-24T09-00-02-03" });
    expect(bringBack(undefined, at(3), mine, saved)).toEqual({
      name: "2026-11-24T09-00-02-03",
      former: { kind: "unchanged" },
    });
    expect(readdirSync(mine, { recursive: true, encoding: "utf8" }).toSorted()).toEqual(before);
    expect(readBegun(mine)?.chapter).toBe("03");
  });

  it("never overwrites what it has saved, not even within the same second", () => {
    for (const work of ["first", "second", "third"]) {
      started("03", 1);
      change(work);
    }
    started("03", 1);

    expect(listSaved(saved).map((name) => [name, read("saved", name, "api.ts")])).toEqual([
      ["2026-11-24T09-00-01-03", "first"],
      ["2026-11-24T09-00-01-03-2", "second"],
      ["2026-11-24T09-00-01-03-3", "third"],
    ]);
  });

  it("saves a mine/ that no one has begun, or whose record is broken", () => {
    mkdirSync(mine);
    change("older than this command");
    expect(started("03", 1)).toEqual({ kind: "saved", name: "2026-11-24T09-00-01-unknown" });
    writeFileSync(join(mine, ".begun.json"), "{");
    expect(started("03", 2)).toEqual({ kind: "saved", name: "2026-11-24T09-00-02-unknown" });
  });

  it("changes nothing if the chapter's tasks can't be cut out", () => {
    started("03", 1);
    const broken = join(root, "09-broken");
    mkdirSync(broken);
    writeFileSync(join(broken, "api.ts"), "");
    writeFileSync(join(broken, "api.start.ts"), "// TASK 1: no end\n// Do it.");

    const chapter = { number: "09", name: "09-broken", folder: broken };
    expect(() => begin(chapter, at(2), mine, saved)).toThrow("chapters/09-broken/api.start.ts:1");
    expect(readBegun(mine)?.chapter).toBe("03");
  });
});

// On Windows only some users can create links, and there are no FIFOs.
describe.skipIf(process.platform === "win32")("a mine/ that is not only files", () => {
  it("that is a link: saves and begins the folder behind it, and keeps the link", () => {
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, mine);
    started("02", 1);
    change("my own work");

    const former = started("03", 2);

    expect(former).toEqual({ kind: "saved", name: "2026-11-24T09-00-02-02" });
    expect(read("saved", "2026-11-24T09-00-02-02", "api.ts")).toBe("my own work");
    expect(lstatSync(join(saved, "2026-11-24T09-00-02-02")).isSymbolicLink()).toBe(false);
    expect(lstatSync(mine).isSymbolicLink()).toBe(true);
    expect(readBegun(elsewhere)).toMatchObject({ chapter: "03" });
    bringBack(undefined, at(3), mine, saved);
    expect(read("elsewhere", "api.ts")).toBe("my own work");
  });

  it("saves what a link in it leads to", () => {
    started("02", 1);
    writeFileSync(join(mine, "notes.md"), "my notes");
    symlinkSync(join(mine, "notes.md"), join(mine, "link.md"));

    started("03", 2);

    expect(read("saved", "2026-11-24T09-00-02-02", "link.md")).toBe("my notes");
  });

  it("doesn't count an editor's files as anyone's work", () => {
    started("02", 1);
    symlinkSync("me@here.1234", join(mine, ".#api.ts"));
    writeFileSync(join(mine, "api.ts~"), "older");

    expect(started("03", 2)).toMatchObject({ kind: "unchanged" });

    change("my own work");
    symlinkSync("me@here.1234", join(mine, ".#api.ts"));
    expect(started("04", 3)).toMatchObject({ kind: "saved" });
    expect(read("saved", "2026-11-24T09-00-03-03", "api.ts")).toBe("my own work");
  });

  it.each([
    [
      "a link to nowhere",
      () => symlinkSync(join(root, "nowhere"), join(mine, "odd")),
      "leads nowhere; remove it",
    ],
    ["a FIFO", () => execFileSync("mkfifo", [join(mine, "odd")]), "neither; move it away"],
  ])("with %s in it is refused in a sentence, and nothing is changed", (_what, make, sentence) => {
    started("02", 1);
    change("my own work");
    make();

    expect(() => started("03", 2)).toThrow(UsageError);
    expect(() => started("03", 2)).toThrow(sentence);
    expect(read("mine", "api.ts")).toBe("my own work");
    expect(listSaved(saved)).toEqual([]);
  });

  it.each([
    ["a file", () => writeFileSync(mine, "my own work"), "got something else"],
    ["a link to nowhere", () => symlinkSync(join(root, "nowhere"), mine), "a link that leads nowhere"],
  ])("that is %s is refused in a sentence", (_what, make, sentence) => {
    make();

    expect(() => started("03", 2)).toThrow(sentence);
  });
});

it("saves what is there before it brings something back", () => {
  started("03", 1);
  change("of 03");
  started("04", 2);
  change("of 04");

  expect(bringBack("2026-11-24T09-00-02-03", at(3), mine, saved).former).toEqual({
    kind: "saved",
    name: "2026-11-24T09-00-03-04",
  });
  expect(read("mine", "api.ts")).toBe("of 03");
  expect(read("saved", "2026-11-24T09-00-03-04", "api.ts")).toBe("of 04");
});

it("brings back only what was saved", () => {
  expect(() => bringBack(undefined, at(1), mine, saved)).toThrow("Nothing is saved yet");
  started("03", 1);
  change("mine");
  started("03", 2);
  expect(() => bringBack("../../etc", at(3), mine, saved)).toThrow(
    "Expected one of 2026-11-24T09-00-02-03, got ../../etc",
  );
});

it("knows the line of a task, or only the file if its marker is gone", () => {
  started("04", 1);
  const line =
    read("mine", "handler.ts")
      .split("\n")
      .findIndex((text) => text.includes("TASK 2")) + 1;

  expect(placeOf({ number: 2, file: "handler.ts" }, mine)).toBe(`mine/handler.ts:${line}`);
  expect(placeOf({ number: 9, file: "handler.ts" }, mine)).toBe("mine/handler.ts");
  expect(placeOf({ number: 1, file: "gone.ts" }, mine)).toBe("mine/gone.ts");
});

it("knows every place of a task", () => {
  started("07", 1);
  const lines = read("mine", "lease.ts").split("\n");
  const placesOfTask = (task: string) =>
    lines.flatMap((line, at) => (line.includes(`// ${task}:`) ? [`mine/lease.ts:${at + 1}`] : []));

  const places = [...placesOf(mine).values()];

  expect(places).toEqual(["TASK 1", "TASK 2", "TASK 3"].map(placesOfTask));
  expect(places.map((each) => each.length)).toEqual([3, 2, 1]);
});

// A folder that forbids removal stands for a file that another program holds open on Windows.
it.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
  "says where the work is if mine/ can't be replaced",
  () => {
    started("03", 1);
    mkdirSync(join(mine, "held"));
    writeFileSync(join(mine, "held", "notes.md"), "my own work");
    chmodSync(join(mine, "held"), 0o500);

    expect(() => started("04", 2)).toThrow(
      "Expected to remove held from mine/, but something holds it (EACCES); close that, then try again. What was in mine/ is saved as 2026-11-24T09-00-02-03",
    );
    expect(read("saved", "2026-11-24T09-00-02-03", "held", "notes.md")).toBe("my own work");
    expect(readdirSync(root).toSorted()).toEqual(["mine", "saved"]);
    for (const folder of [mine, join(saved, "2026-11-24T09-00-02-03")]) {
      chmodSync(join(folder, "held"), 0o700);
    }
  },
);

it("gives the copy the project's compiler options, wherever it is", () => {
  mkdirSync(mine);
  writeStart(findChapter("02"), mine);
  expect(JSON.parse(read("mine", "tsconfig.json"))).toMatchObject({
    extends: expect.stringMatching(/^\.\.[^\\]*\/tsconfig\.json$/),
    include: ["."],
  });
});

it("without a word, uses the chapter that mine/ is a copy of", () => {
  started("03", 1);

  expect([undefined, "mine", "4"].map((word) => whichChapter(word, mine).number)).toEqual(["03", "03", "04"]);
});

it("without a copy, says how to make one", () => {
  expect(() => whichChapter(undefined, mine)).toThrow("`npm run begin 02` makes one");
  expect(() => needCopyOf(findChapter("04"), mine)).toThrow("`npm run begin 04` makes one");
});

it("with a copy of another chapter, says both ways out", () => {
  started("03", 1);

  needCopyOf(findChapter("03"), mine);
  expect(() => needCopyOf(findChapter("04"), mine)).toThrow(
    /one of 03: `npm run check 03` checks that, `npm run begin 04` begins 04 and saves first/,
  );
});
