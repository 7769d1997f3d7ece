// `npm run begin 04` fills mine/ with the start of a chapter, and saves its former contents first.
import { existsSync, statSync } from "node:fs";
import { findChapter } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { begin, bringBack, listSaved, mineFolder, placesOf, readBegun } from "./course/mine.ts";
import type { Former } from "./course/mine.ts";
import { updateProgress } from "./course/progress.ts";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("begin");

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const [word, name, ...more] = words;
  if (word === undefined || more.length > 0 || (name !== undefined && word !== "back")) {
    throw new UsageError(
      `Expected a chapter, \`back\` or \`saved\`, got ${words.length === 0 ? "nothing" : `\`${words.join(" ")}\``}; write \`${usage}\`.`,
    );
  }
  if (word === "saved") {
    print(listSaved().length > 0 ? listSaved() : ["Nothing is saved yet."]);
    return;
  }
  if (word === "mine") {
    throw new UsageError(`Expected a chapter to begin, got mine; write \`${usage}\`.`);
  }
  await refuseWhileInUse();
  if (word === "back") {
    const { name: brought, former } = bringBack(name);
    const chapter = readBegun()?.chapter;
    print([
      ...tellFormer(former),
      `mine/ is again what was saved as ${brought}.`,
      ...(chapter === undefined ? [] : ["", `Next: \`npm run check ${chapter}\``]),
    ]);
    return;
  }
  const chapter = findChapter(word, ["back", "saved"]);
  refuseWhatNobodyChanges(chapter);
  const former = begin(chapter);
  // The passed tasks belong to the copy that is saved now.
  updateProgress(chapter.number, ({ broken: _broken, ...progress }) => ({ ...progress, passed: [] }));
  print([...tellFormer(former), ...describe(chapter)]);
});

/** The running chapter was started from these files, and would restart from other ones. */
async function refuseWhileInUse(): Promise<void> {
  if (existsSync(mineFolder) && !statSync(mineFolder).isDirectory()) {
    throw new UsageError("Expected mine to be a folder, got a file; move it away and try again.");
  }
  const running = await findRunning("mine");
  if (running !== undefined) {
    throw new UsageError(
      `mine/ runs at ${running.apiUrl} (process ${running.launcherPid}); stop that with q or Ctrl-C, then try again.`,
    );
  }
}

function refuseWhatNobodyChanges({ number }: Chapter): void {
  if (number === "00") {
    throw new UsageError("Chapter 00 has nothing to change: `npm run chapter 00` shows it; go on with 01.");
  }
  if (!/^\d\d$/.test(number)) {
    throw new UsageError(`A lab has nothing to change: \`npm run chapter ${number}\` shows it.`);
  }
}

function tellFormer(former: Former): string[] {
  switch (former.kind) {
    case "none":
      return [];
    case "unchanged":
      return ["You had changed nothing in mine/: there was nothing to save."];
    case "saved":
      return [
        `What was in mine/ is saved as ${former.name}; \`npm run begin back ${former.name}\` brings it back.`,
      ];
  }
}

function describe(chapter: Chapter): string[] {
  const { number, name } = chapter;
  const tasks = [...placesOf()];
  const width = Math.max(0, ...tasks.map(([words]) => words.length));
  return [
    `mine/ is now your copy of ${name}${tasks.length === 0 ? "." : "; it does what the chapter before did."}`,
    `Read: chapters/${name}/README.md`,
    ...(tasks.length === 0
      ? ["", "There is nothing to change in its code."]
      : ["", ...tasks.flatMap(([words, places]) => inColumns(words, places, width))]),
    "",
    tasks.length === 0 && number !== "06"
      ? "Run it: `npm run chapter mine`"
      : `Then: \`npm run check ${number}\`; if you are stuck: \`npm run hint ${number}\``,
  ];
}

function inColumns(words: string, places: readonly string[], width: number): string[] {
  return places.map((place, at) => `  ${(at === 0 ? words : "").padEnd(width)}  ${place}`);
}

function print(lines: readonly string[]): void {
  console.log(lines.map((line) => (line.startsWith("  ") ? line : wrap(line))).join("\n"));
}
