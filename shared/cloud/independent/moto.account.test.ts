import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runTests } from "./run-tests.ts";
import { findTools, startMoto } from "./tools.ts";
import type { Emulator } from "./tools.ts";

const tools = await findTools();
const withinMs = 240_000;

describe.skipIf(!tools.moto)("moto, written by others", () => {
  let moto: Emulator;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  it(
    "serves chapters 01 to 03, and all their tests pass unchanged",
    async () => {
      const endpoints = { AWS_ENDPOINT_URL_SQS: moto.url, AWS_ENDPOINT_URL_DYNAMODB: moto.url };
      // moto sometimes gives one message to two pollers, or to one that has left (emulators.rules.test.ts). That is its race, not the
      // chapter's. A mistake in a chapter would fail three times.
      const { passed, failed } = await runTests(["chapters/01", "chapters/02", "chapters/03"], endpoints, {
        retries: 2,
      });

      expect(failed).toEqual([]);
      expect(passed.length).toBeGreaterThan(100);
    },
    withinMs,
  );
});
