import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { explained, readDotEnv } from "./account.ts";

const ofAws = (name: string, message = "no") => Object.assign(new Error(message), { name, $metadata: {} });

it.each([
  [ofAws("ThrottlingException"), "AWS asks to be asked less often"],
  [ofAws("TooManyRequestsException"), "try again in a minute"],
  [ofAws("ExpiredTokenException"), "sign in again"],
  [ofAws("AccessDeniedException", "not sqs:SendMessage"), "may not do that: not sqs:SendMessage"],
  [Object.assign(new Error("x"), { code: "ENOTFOUND" }), "is the region right"],
  [Object.assign(new Error("x"), { code: "ECONNRESET" }), "AWS could not be reached (ECONNRESET)"],
  [Object.assign(new Error("x"), { name: "TimeoutError" }), "AWS could not be reached (TimeoutError)"],
  [ofAws("ValidationError", "no such thing"), "AWS answered ValidationError: no such thing"],
])("says %s in a sentence", async (error, sentence) => {
  await expect(explained(() => Promise.reject(error))).rejects.toThrow(sentence);
});

it.each([new TypeError("ours"), Object.assign(new Error("no such file"), { code: "ENOENT" })])(
  "rethrows our own errors unchanged: %s",
  async (ours) => {
    await expect(explained(() => Promise.reject(ours))).rejects.toBe(ours);
  },
);

it("ignores a line of .env without a value: sam would look for a profile with an empty name", () => {
  const folder = mkdtempSync(join(tmpdir(), "take a ticket env "));
  try {
    const file = join(folder, ".env");
    writeFileSync(file, "AWS_PROFILE=\nAWS_REGION=eu-central-1\n");
    vi.stubEnv("AWS_PROFILE", undefined);
    vi.stubEnv("AWS_REGION", undefined);
    vi.stubEnv("DOT_ENV_FILE", file);

    const env = readDotEnv();

    expect("AWS_PROFILE" in env).toBe(false);
    expect(env["AWS_REGION"]).toBe("eu-central-1");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
