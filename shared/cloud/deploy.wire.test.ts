import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { findChapter } from "#shared/run/chapters.ts";
import { inheritedEnvironment } from "#shared/run/environment.ts";
import { planDeployment } from "./deploy.ts";
import { needStack } from "./stack.ts";

const stackName = "take-a-ticket-08";
const found = { name: stackName, status: "CREATE_COMPLETE", outputs: {}, parameters: {}, isOurs: true };
const keys = { API_KEY: "a".repeat(20), VENDOR_KEY: "v".repeat(20) };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "take a ticket deploy "));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** A server that answers only GetAccountSettings. */
let free = 1_000;
const lambda = createServer((_request, response) => {
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(JSON.stringify({ AccountLimit: { UnreservedConcurrentExecutions: free } }));
});

beforeAll(async () => {
  writeFileSync(join(folder, "sam"), `#!${process.execPath}\n`);
  chmodSync(join(folder, "sam"), 0o755);
  await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  lambda.close();
  lambda.closeAllConnections();
});

const plan = (change: Partial<Parameters<typeof planDeployment>[0]> = {}) => {
  const { port } = lambda.address() as AddressInfo;
  const account = {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  Object.entries(account).forEach(([name, value]) => vi.stubEnv(name, value));
  return planDeployment({
    chapter: findChapter("08"),
    stackName,
    region: "us-east-1",
    found,
    teaching: false,
    env: { ...keys, PATH: `${folder}${delimiter}${inheritedEnvironment()["PATH"]}` },
    ...change,
  });
};

// On Windows sam is a .cmd.
describe.skipIf(process.platform === "win32")("the plan of a deployment", () => {
  it("contains the keys, and the laptop's numbers on request", async () => {
    expect(await plan()).toEqual({ ApiKey: keys.API_KEY, VendorKey: keys.VENDOR_KEY });
    expect(await plan({ teaching: true })).toMatchObject({ RetryDelaysSeconds: "1,1,2,2" });
  });

  it.each([
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_IN_PROGRESS",
    "DELETE_FAILED",
    "UPDATE_ROLLBACK_FAILED",
  ])("refuses a stack that is %s", async (status) => {
    await expect(plan({ found: { ...found, status } })).rejects.toThrow(
      `half-created or at work (${status})`,
    );
  });

  it("allows removing a stack in which nothing was created, although it has no tags yet", async () => {
    const begun = { ...found, isOurs: false, status: "REVIEW_IN_PROGRESS" };

    expect(needStack(begun, stackName)).toBe(begun);
    await expect(plan({ found: begun })).rejects.toThrow("half-created or at work (REVIEW_IN_PROGRESS)");
  });

  it("refuses another owner's stack", async () => {
    await expect(plan({ found: { ...found, isOurs: false } })).rejects.toThrow("it isn't ours");
  });

  it("refuses an account with too little concurrency, since the deployment would fail half-way", async () => {
    free = 10;
    try {
      await expect(plan({ found: undefined })).rejects.toThrow(
        "Expected room for 122 functions at once in this account and region, got 10",
      );
      // What is deployed has reserved its own already.
      expect(await plan()).toMatchObject({ ApiKey: keys.API_KEY });
    } finally {
      free = 1_000;
    }
  });

  it("requires a vendor that AWS can reach for the functions of 04 to 07", async () => {
    const chapter = findChapter("05");

    await expect(plan({ chapter })).rejects.toThrow(
      "The function of 05 needs a vendor that AWS can reach, got none",
    );
    await expect(plan({ chapter, vendor: "http://127.0.0.1:8080" })).rejects.toThrow(
      "got `http://127.0.0.1:8080`",
    );
    expect(await plan({ chapter, vendor: "https://key:secret@vendor.example" })).toEqual({
      VendorUrl: "https://key:secret@vendor.example/",
    });
  });
});
