import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolder } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { describeSettings, judgeMemory, judgeNode } from "./checks.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

function doctor(): Promise<{ code: number | null; output: string }> {
  const file = join(projectFolder, "shared/workshop/doctor/main.ts");
  return new Promise((resolve) => {
    // A shell's AWS settings are for the user's account.
    const ofTheShell = {
      AWS_USE_FIPS_ENDPOINT: "true",
      AWS_PROFILE: "own",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    };
    const child = execFile(
      process.execPath,
      nodeArguments(file),
      { env: { ...inheritedEnvironment(), ...ofTheShell } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

it("finds no problem on this machine, and says what it did not check", async () => {
  const { code, output } = await doctor();

  expect(output).toContain("All is well.");
  expect(output).toContain("Not checked:");
  expect(output).toMatch(/ok {3}embedded AWS +starts and passes a message on/);
  expect(output.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(code).toBe(0);
});

describe("the version of Node", () => {
  it.each([
    ["20.19.0", true],
    ["20.20.2", true],
    ["22.12.0", true],
    ["24.9.0", true],
    ["26.0.0", true],
    ["20.18.3", false],
    ["21.7.0", false],
    ["22.11.0", false],
    ["18.20.0", false],
  ])("%s is right: %s", (version, isRight) => {
    expect(judgeNode(version).fix === undefined).toBe(isRight);
  });
});

it("requires a gigabyte of free memory", () => {
  expect(judgeMemory(3_000 * 2 ** 20)).toEqual({ found: "3000 MB free" });
  expect(judgeMemory(500 * 2 ** 20).fix).toContain("at least 1000 MB");
});

describe("the terminal's AWS settings", () => {
  it("may be missing", () => {
    expect(describeSettings({ PATH: "/bin" })).toEqual({ found: "none in this terminal" });
  });

  it("are named without their values, with the commands that use them", () => {
    const { found, note } = describeSettings({ AWS_PROFILE: "work", AWS_SECRET_ACCESS_KEY: "s3cret" });

    expect(found).toBe("2 in this terminal");
    expect(note).toBe("AWS_PROFILE, AWS_SECRET_ACCESS_KEY: only commands with `real-aws` use such settings.");
  });

  it("of another emulator are explained, and how to remove them", () => {
    const { note } = describeSettings({ AWS_ENDPOINT_URL_SQS: "http://127.0.0.1:5000" });

    expect(note).toContain("`npm run chapter` runs on the emulator");
    expect(note).toContain("unset them");
  });
});
