import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { close, listen } from "#shared/listen.ts";
import { listChapters } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { commandArguments, startProgram } from "#shared/testing/commands.ts";
import type { StartedCommand } from "#shared/testing/commands.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { Dice } from "#shared/testing/hostile/dice.ts";
import { processesWith, sizeOfTree } from "#shared/testing/processes.ts";
import { times } from "#shared/testing/toughness.ts";

// Any chapter with a function that isn't running in another terminal right now. Other tests take the first one.
const chapters = listChapters().filter(({ number }) => /^0[4-7]$/.test(number));
const running = await Promise.all(chapters.map(({ number }) => findRunning(number)));
const chapter = chapters.findLast((_, at) => running[at] === undefined)?.number ?? "";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const template = here("../local-aws/conformance/fixtures/template.yaml");
// From util-linux: gives a command a terminal, which closes when `script` is killed.
const script = "/usr/bin/script";

let folder: string;
let server: Server;
let serverUrl: string;
beforeAll(async () => {
  server = createServer((_request, response) => response.end("hello"));
  serverUrl = (await listen(server)).url;
});
afterAll(() => close(server));
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "take a ticket "))));
// Every process inherits this setting, so we can tell which ones belong to us.
const ours = () => processesWith("TMPDIR", folder);
afterEach(() => {
  for (const pid of ours()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended since it was listed.
    }
  }
  rmSync(folder, { recursive: true, force: true });
});

const node = (...words: string[]) => [process.execPath, ...words];

/** What starts processes, and the most that there are before it is ready, including itself. */
const launchers: { name: string; most: number; program: () => string[]; inTerminal?: true }[] = [
  {
    name: "chapter",
    most: 4,
    program: () => node(...commandArguments("chapter", chapter)),
    inTerminal: true,
  },
  { name: "bench", most: 5, program: () => node(...commandArguments("bench", "02", `out=${folder}/out`)) },
  { name: "the workshop's chapter", most: 5, program: () => node("--import", "tsx", showingFile()) },
  { name: "aws", most: 2, program: () => node(...commandArguments("aws", template)) },
  {
    name: "measure",
    most: 2,
    program: () => node(...commandArguments("measure", serverUrl, "rate=5", "seconds=60")),
  },
];

/** What the workshop does for the key r. */
function showingFile(): string {
  const file = join(folder, "showing.mts");
  const commands = new URL("follow/commands.ts", import.meta.url).href;
  const show = `await commands.show("chapter", ["${chapter}", "plain"]);`;
  writeFileSync(file, `import { commands } from "${commands}";\n${show}\n`);
  return file;
}

// What a person types. npm starts a shell, which starts the command or becomes it.
const npm = (...words: string[]) => ["npm", "run", "--silent", ...words];
const throughNpm = [
  { name: "chapter", processes: 4, program: npm("chapter", chapter, "plain"), signal: "SIGTERM" },
  { name: "aws", processes: 3, program: npm("aws", template), signal: "SIGKILL" },
] as const;

/** Starts it, and returns it when this many processes run. It may be ended at any moment of its start. */
async function startUntil(processes: number, program: readonly string[], hasTerminal: boolean) {
  const words = program.map((word) => `'${word}'`).join(" ");
  const started = startProgram(hasTerminal ? [script, "-qfec", words, "/dev/null"] : program, {
    // Its own process group, as a terminal gives to each command.
    detached: true,
    env: { ...inheritedEnvironment(), TMPDIR: folder, TERM: "xterm", SHELL: "/bin/sh" },
  });
  await eventually(() => {
    const isEnough = sizeOfTree(started.child.pid ?? 0) >= processes;
    expect([started.child.exitCode, isEnough, started.output()]).toEqual([null, true, expect.any(String)]);
  });
  return started;
}

/** Closes the window: no one reads any more, and all processes in it are told, in one order or the other. */
function closeTerminal({ child }: StartedCommand, isToldFirst: boolean): void {
  const tell = () => process.kill(-(child.pid ?? 0), "SIGHUP");
  const leave = () => [child.stdin, child.stdout, child.stderr].forEach((stream) => stream.destroy());
  const [first, then] = isToldFirst ? [tell, leave] : [leave, tell];
  first();
  then();
}

/** A port is free once its process is gone. */
const untilNothingIsLeft = () => eventually(() => ours().length === 0, { everyMs: 50 });

/** A number of endings, each of another launcher than the one before, at random moments that are always the same. */
function endings(count: number) {
  return Array.from({ length: count }, (_, at) => {
    const dice = new Dice(at + 1);
    const launcher = launchers[at % launchers.length] as (typeof launchers)[number];
    const processes = 2 + dice.below(launcher.most - 1);
    return { ...launcher, at, processes, isToldFirst: dice.next() < 0.5 };
  });
}

// Linux shows what belongs to whom after its parent has ended. On other systems launcher.wire.test.ts has to do.
describe.skipIf(process.platform !== "linux")("nothing is left running", () => {
  test.each(endings(times({ usually: 4, full: 40 })))(
    "after kill -9 of $name with $processes processes ($at)",
    async ({ program, processes }) => {
      const { child } = await startUntil(processes, program(), false);

      child.kill("SIGKILL");

      await once(child, "exit");
      await untilNothingIsLeft();
      expect(ours()).toEqual([]);
    },
  );

  test.each(throughNpm)(
    "after $signal of npm alone, which had started $name",
    async ({ program, processes, signal }) => {
      const { child } = await startUntil(processes, program, false);

      child.kill(signal);

      await untilNothingIsLeft();
      expect(ours()).toEqual([]);
    },
  );

  test.each(endings(times({ usually: 3, full: 20 })))(
    "after the terminal of $name was closed with $processes processes ($at)",
    async ({ program, processes, inTerminal, isToldFirst }) => {
      const hasTerminal = inTerminal === true && existsSync(script);
      const started = await startUntil(processes + (hasTerminal ? 1 : 0), program(), hasTerminal);

      if (hasTerminal) {
        started.child.kill("SIGKILL");
      } else {
        closeTerminal(started, isToldFirst);
      }

      await untilNothingIsLeft();
      expect(ours()).toEqual([]);
    },
  );
});
