// What a participant waits for: a process to be ready, a chapter to run, a check after each save. `npm run bench:starts`, or with
// rounds=9. Things to compare are measured in turn.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { build } from "#shared/run/build/build.ts";
import type { Built } from "#shared/run/build/build.ts";
import { chapterIn, listChapters, projectFolder } from "#shared/run/chapters.ts";
import type { Chapter } from "#shared/run/chapters.ts";
import { forkBuilt } from "#shared/run/child-process.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { checkChapter } from "#shared/workshop/course/check-chapter.ts";
import { findCourse } from "#shared/workshop/course/courses.ts";
import { writeStart } from "#shared/workshop/course/mine.ts";
import { courseFiles } from "#shared/workshop/course/places.ts";
import type { StagedCourse } from "#shared/workshop/course/task.ts";
import { median } from "../figures/statistics.ts";

const usage = usageOf("bench:starts");
const stopWithinMs = 1_000;
const nowhere = "http://127.0.0.1:9";
/** An API connects to none of them before its first request. */
const apiEnvironment = {
  PORT: "0",
  DEVICES_TABLE: "devices",
  ACTIVATIONS_TABLE: "activations",
  QUEUE_URL: `${nowhere}/queue`,
  VENDOR_URL: nowhere,
  AWS_ENDPOINT_URL_SQS: nowhere,
  AWS_ENDPOINT_URL_DYNAMODB: nowhere,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { rounds: "number" } }, argv, env);
  needWords(words, [], usage);
  const { rounds = 5 } = flags;
  if (rounds < 1 || rounds > 100) {
    throw new UsageError(`Expected 1 to 100 rounds; see \`${usage}\`.`);
  }
  console.log(`${"".padEnd(46)}${"median".padStart(9)}  range`);
  await measureApi(rounds);
  await measureChapter(rounds);
  const staged = listChapters().flatMap((chapter) => {
    const course = /^0[2-7]$/.test(chapter.number) ? findCourse(chapter.number) : undefined;
    return course === undefined || course.looksAt === "running" ? [] : [{ chapter, course }];
  });
  for (const { chapter, course } of staged) {
    await measureChecks(chapter, course, rounds);
  }
});

async function measureApi(rounds: number): Promise<void> {
  const file = join(chapterIn("07-lock").folder, "main.ts");
  const ways: Record<string, Built> = {
    "under tsx": { file, execArgv: ["--import", import.meta.resolve("tsx")] },
    "as it is built": await build(file),
  };
  const found = new Map(Object.keys(ways).map((way): [string, number[]] => [way, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, built] of Object.entries(ways)) {
      found.get(way)?.push(await processorUntilReady(built));
    }
  }
  found.forEach((times, way) => show(`07's API until ready, processor, ${way}`, times));
}

async function processorUntilReady(built: Built): Promise<number> {
  const child = forkBuilt(built, { name: "api", env: apiEnvironment });
  await child.ready;
  const processorMs = await child.processorMs(5_000);
  await child.stop(stopWithinMs);
  if (processorMs === undefined) {
    throw new Error("Expected the API to say what it has used of the processor, but it didn't within 5 s.");
  }
  return processorMs;
}

async function measureChapter(rounds: number): Promise<void> {
  const times: number[] = [];
  // The first start builds what has changed, and doesn't count.
  for (let round = -1; round < rounds; round += 1) {
    const tookMs = await untilChapterRuns();
    if (round >= 0) {
      times.push(tookMs);
    }
  }
  show("npm run chapter 07 plain, until it runs", times);
}

async function untilChapterRuns(): Promise<number> {
  const beganMs = performance.now();
  const start = join(projectFolder, "shared/run/build/start.mjs");
  const words = ["--enable-source-maps", start, "shared/workshop/chapter/main.ts", "07", "plain"];
  const child = spawn(process.execPath, words, {
    cwd: projectFolder,
    env: inheritedEnvironment(),
    // It ends with us, through the channel.
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = once(child, "close");
  let tookMs: number | undefined;
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    if (tookMs === undefined && line.includes("Ctrl-C")) {
      tookMs = performance.now() - beganMs;
      child.kill("SIGINT");
    }
  }
  await ended;
  if (tookMs === undefined) {
    throw new Error("Expected chapter 07 to run, but it ended before; `npm run chapter 07 plain` shows why.");
  }
  return tookMs;
}

/** After saving the first file: of the start, where the first task is open, and of the chapter, where all are done. */
async function measureChecks(chapter: Chapter, course: StagedCourse, rounds: number): Promise<void> {
  const [saved = ""] = courseFiles(chapter).filter((file) => file.endsWith(".ts"));
  const fillings = {
    "the first task is open": (folder: string) => writeStart(chapter, folder),
    "all are done": (folder: string) =>
      courseFiles(chapter).forEach((file) => copyFileSync(join(chapter.folder, file), join(folder, file))),
  };
  for (const [state, fill] of Object.entries(fillings)) {
    const parent = join(projectFolder, ".workshop");
    mkdirSync(parent, { recursive: true });
    const folder = mkdtempSync(join(parent, "bench-"));
    try {
      fill(folder);
      const times: number[] = [];
      for (let round = -1; round < rounds; round += 1) {
        appendFileSync(join(folder, saved), `// saved ${round}\n`);
        const beganMs = performance.now();
        const checked = await checkChapter({ folder, course });
        if (round >= 0) {
          times.push(performance.now() - beganMs);
        }
        const wanted = state === "all are done" ? "done" : "open";
        if (checked[0]?.state !== wanted) {
          throw new Error(`Expected task 1 of ${chapter.name} to be ${wanted}, got ${checked[0]?.state}.`);
        }
      }
      show(`${chapter.number} checked after a save, ${state}`, times);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function show(what: string, timesMs: readonly number[]): void {
  const [least, most] = [Math.min(...timesMs), Math.max(...timesMs)];
  const middle = median(timesMs) ?? Number.NaN;
  console.log(
    `${what.padEnd(46)}${`${Math.round(middle)} ms`.padStart(9)}  ${Math.round(least)} to ${Math.round(most)}`,
  );
}
