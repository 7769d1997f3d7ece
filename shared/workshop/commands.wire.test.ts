import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { listChapters, readParts } from "#shared/run/chapters.ts";
import { findRunning } from "#shared/run/remote-control.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { startCommand } from "#shared/testing/commands.ts";
import type { StartedCommand } from "#shared/testing/commands.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { ownHeader } from "./live/wire.ts";

// Any chapter with a function and a dead-letter queue that isn't running in another terminal right now.
const all = listChapters().filter(({ folder }) => existsSync(join(folder, "template.yaml")));
const running = await Promise.all(all.map(({ number }) => findRunning(number)));
const chapter =
  all.find((candidate, index) => !running[index] && readParts(candidate).hasRedrive)?.number ?? "";
const first = all[0]?.number ?? "";

/** Runs a command to its end. */
async function run(name: string, ...words: string[]): Promise<{ code: number; output: string }> {
  const { child, output } = startCommand(name, words);
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? -1, output: output() };
}

describe("while a chapter runs", () => {
  let rivals: StartedCommand[];
  let launcher: StartedCommand["child"];
  let output: () => string;

  beforeAll(async () => {
    rivals = [startCommand("chapter", [chapter]), startCommand("chapter", [chapter])];
    const winner = await eventually(
      () =>
        rivals.find((rival) => rival.output().includes("Ctrl-C stops it.")) ??
        Promise.reject(new Error(rivals.map((rival) => rival.output()).join("\n"))),
    );
    launcher = winner.child;
    output = winner.output;
  });
  afterAll(() => {
    rivals.forEach(({ child }) => child.kill("SIGKILL"));
  });

  test("of two started at the same moment one runs, and the other says where", async () => {
    const other = rivals.find(({ child }) => child !== launcher);

    await eventually(() => expect(other?.child.exitCode).toBe(2));

    expect(other?.output().replaceAll(/\s+/g, " ")).toMatch(
      new RegExp(`Chapter ${chapter} (starts|runs) already .*\\(process ${launcher.pid}\\)`),
    );
  });

  test("npm run why says what to do while there is nothing to show", async () => {
    const { code, output } = await run("why", chapter, "c-1");

    expect([code, output.replaceAll("\n", " ")]).toEqual([
      2,
      expect.stringContaining("activate a device first"),
    ]);
  });

  test("other processes find its trace, with its customers", async () => {
    const { traceUrl = "", apiUrl = "" } = (await findRunning(chapter)) ?? {};
    await fetch(`${apiUrl}/activations`, asksFor(deviceAt(7)));

    await eventually(async () => {
      const lines = (await (await fetch(`${traceUrl}/trace`)).text()).trimEnd().split("\n");
      const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(read[0]).toMatchObject({ row: chapter, plan: "live" });
      expect(read).toContainEqual(
        expect.objectContaining({ kind: "answered", status: 202, eventId: expect.any(String) }),
      );
    });
  });

  test("it prints the address of its page, whose buttons work as its keys do", async () => {
    const [, page = ""] = /^ {2}page +(\S+)/m.exec(output()) ?? [];
    const html = await (await fetch(page)).text();
    const headers = { "content-type": "application/json", [ownHeader]: "1" };
    const answer = await fetch(`${page}actions`, { method: "POST", headers, body: '{"key":"s"}' });

    expect(html).toContain(`<title>Take a Ticket, live: ${chapter}</title>`);
    expect(await answer.json()).toEqual({ lines: [["c-101 asks for an activation."]] });
    await eventually(() => expect(output()).toContain("From the page: c-101 asks for an activation."));
  });

  test.each([
    ["chapter", [chapter], 2, "runs already at http://127.0.0.1:"],
    ["break", [chapter, "kill", "api"], 0, "Killed the api (process "],
    ["break", [chapter, "kill", "worker"], 1, "has no worker"],
    ["redrive", [chapter], 0, "Redrive started"],
  ])("npm run %s %j ends with %i and says so", async (name, words, code, sentence) => {
    const result = await run(name, ...words);

    expect(result).toEqual({ code, output: expect.stringContaining(sentence) });
    expect(result.output.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("npm run why tells the story of an activation, with the code that decided it", async () => {
    const running = await findRunning(chapter);
    const body = JSON.stringify(deviceAt(0));
    await fetch(`${running?.apiUrl}/activations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });

    const { output } = await eventually(async () => {
      const told = await run("why", chapter, "c-1");
      expect(told.output).toContain("wrote `active`");
      return told;
    });

    expect(output).toMatch(/The customer asked for the device\.[^]* {12}chapters\/.*\/handler\.ts:\d+\n/);
    expect(output.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("npm run why suggests customers that it knows in place of an unknown one", async () => {
    const { code, output } = await run("why", chapter, "c-999");

    expect([code, output.replaceAll("\n", " ")]).toEqual([
      2,
      expect.stringMatching(/such as c-\d+, .*got c-999/),
    ]);
  });

  test.skipIf(process.platform === "win32")("Ctrl-C stops everything that it has started", async () => {
    const pids = descendantsOf(launcher.pid ?? 0);
    expect(pids.length).toBeGreaterThanOrEqual(3);

    launcher.kill("SIGINT");

    await eventually(() => expect(launcher.exitCode).toBe(0));
    expect(pids.filter(isAlive)).toEqual([]);
    expect(output()).toContain("Stopped; nothing is left running.");
    expect(
      output()
        .split("\n")
        .filter((line) => line.length > 80 && !line.includes(" | ")),
    ).toEqual([]);
    expect((await run("break", chapter, "outage", "1")).output).toContain("is not running");
  });
});

test.each([
  ["chapter", ["nowhere"], "Expected one of the chapters"],
  ["break", [chapter, "outage", "soon"], "Expected one of `kill api`"],
  ["redrive", [first], "has no redrive.ts"],
  ["begin", [], "Expected a chapter, `back` or `saved`, got nothing"],
  ["begin", ["99"], "Expected one of the chapters"],
  ["begin", ["mine"], "Expected a chapter to begin, got mine"],
  ["begin", ["00"], "Chapter 00 has nothing to change"],
  ["begin", ["02", "03"], "got `02 03`"],
  ["diff", ["02"], "Expected a chapter, another, got `02`"],
  ["why", [], "Expected a chapter, and a customer, an eventId, a device or one of"],
  ["why", ["07", "c-1", "someday"], "got `07 c-1 someday`"],
  ["why", ["lab-relational", "c-1"], "lab-relational has no trace"],
])("npm run %s %j is refused in one sentence without a stack", async (name, words, sentence) => {
  const { code, output } = await run(name, ...words);

  expect(code).toBe(2);
  expect(output).toContain(sentence);
  expect(output).not.toContain("    at ");
});

test("npm run chapter 00 draws its two timelines, the first time and again", async () => {
  const first = await run("chapter", "00");
  const second = await run("chapter", "00");

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(second.output).toContain("The ticket made no work faster");
});

test("npm run diff shows how a chapter became another", async () => {
  const { code, output } = await run("diff", first, chapter);

  expect(code).toBe(0);
  expect(output).toContain("── handler.ts (added) ──");
  expect(output).toMatch(/\d+ lines of code differ \(\+\d+ -\d+\), and \d+ of template\.yaml/);
  expect(output).not.toContain("\u001B");
});
