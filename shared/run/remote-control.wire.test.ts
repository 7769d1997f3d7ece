import { rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectFolder } from "./chapters.ts";
import {
  findRunning,
  needRunning,
  removeRunningFile,
  sendCommand,
  startControlServer,
  writeRunningFile,
} from "./remote-control.ts";
import type { ControlCommand, ControlServer } from "./remote-control.ts";

let commands: ControlCommand[];
let control: ControlServer;
const number = `test-${process.pid}`;
const url = "http://127.0.0.1:1";

beforeEach(async () => {
  commands = [];
  control = await startControlServer(async (command) => {
    commands.push(command);
    if (command.kind === "outage") {
      throw new Error("No vendor is left");
    }
    return ["Done.", "Watch it."];
  });
});
afterEach(async () => {
  await control.close();
  rmSync(join(projectFolder, ".running", `${number}.json`), { force: true });
});

const address = (changes = {}) => ({ controlUrl: control.url, token: control.token, ...changes });
const runningFile = (changes = {}) => ({
  chapter: "05-dead-letter-queue",
  launcherPid: process.pid,
  apiUrl: url,
  vendorUrl: url,
  inspectUrl: url,
  outputs: { QUEUE_URL: url },
  environment: {},
  ...address(),
  ...changes,
});

test("runs a command and answers in lines", async () => {
  expect(await sendCommand(address(), { kind: "kill", target: "api" })).toEqual(["Done.", "Watch it."]);
  expect(commands).toEqual([{ kind: "kill", target: "api" }]);
});

test("answers a failing command with its sentence", async () => {
  await expect(sendCommand(address(), { kind: "outage", seconds: 3 })).rejects.toThrow("No vendor is left");
});

test("refuses an unknown command", async () => {
  const odd = { kind: "kill", target: "vendor" } as unknown as ControlCommand;

  await expect(sendCommand(address(), odd)).rejects.toThrow("target");
  expect(commands).toEqual([]);
});

test("refuses a command that is too long", async () => {
  const long = { kind: "hello", note: "x".repeat(20_000) } as unknown as ControlCommand;

  await expect(sendCommand(address(), long)).rejects.toThrow("at most 10000 bytes");
  expect(commands).toEqual([]);
});

test.each([
  ["without the token", { "x-take-a-ticket-token": "guessed" }],
  ["from a web page", { origin: "http://evil.example" }],
  ["under another name", { host: "evil.example" }],
])("refuses a command %s", async (_how, headers) => {
  const status = await new Promise((resolve, reject) => {
    request(
      control.url,
      { method: "POST", headers: { "x-take-a-ticket-token": control.token, ...headers } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .once("error", reject)
      .end('{"kind":"hello"}');
  });

  expect(status).toBe(403);
  expect(commands).toEqual([]);
});

test("another terminal finds the running chapter until its launcher removes the file", async () => {
  writeRunningFile(number, runningFile());
  expect(await findRunning(number)).toEqual(runningFile());

  removeRunningFile(number);
  const chapter = { number, name: number, folder: "" };
  await expect(needRunning(chapter)).rejects.toThrow(`start it with \`npm run chapter ${number}\``);
});

test.each([
  // Process ids end at 4,194,304 on Linux and at 99,998 on macOS.
  ["whose process is gone", { launcherPid: 2 ** 30 }],
  ["whose process id belongs to another by now", { token: "of yesterday" }],
])("a file %s is stale, and removed", async (_what, changes) => {
  writeRunningFile(number, runningFile(changes));

  expect(await findRunning(number)).toBeUndefined();
});

test("a launcher leaves another launcher's file alone", async () => {
  writeRunningFile(number, runningFile({ launcherPid: process.ppid }));
  removeRunningFile(number);

  expect(await findRunning(number)).toBeDefined();
});
