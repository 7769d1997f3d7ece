import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { motoDifferences, sometimesDifferent } from "./moto-differences.ts";
import { runTests } from "./run-tests.ts";
import { findTools, startMoto } from "./tools.ts";
import type { Moto } from "./tools.ts";

const tools = await findTools();
const withinMs = 240_000;

describe.skipIf(!tools.moto)("moto, which nobody here wrote", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  it(
    "serves chapters 01 to 03, whose tests all pass unchanged",
    async () => {
      const endpoints = { AWS_ENDPOINT_URL_SQS: moto.url, AWS_ENDPOINT_URL_DYNAMODB: moto.url };
      // moto gives one message to two pollers at times, or to one that has left (moto-differences.ts): that is its race, not
      // a chapter's. What a chapter does wrong fails three times, too.
      const { passed, failed } = await runTests(["chapters/01", "chapters/02", "chapters/03"], endpoints, {
        retries: 2,
      });

      expect(failed).toEqual([]);
      expect(passed.length).toBeGreaterThan(100);
    },
    withinMs,
  );

  it(
    "differs from AWS's documented rules where the list says so, and nowhere else",
    async () => {
      const rules = ["sqs-", "dynamodb"].map((file) => `shared/local-aws/conformance/${file}`);
      const { passed, failed } = await runTests(rules, {
        CONFORMANCE_ENDPOINT: moto.url,
        CONFORMANCE_DYNAMODB_ENDPOINT: moto.url,
      });

      const always = failed.filter((title) => !Object.hasOwn(sometimesDifferent, title));
      expect(always.toSorted()).toEqual(Object.keys(motoDifferences).toSorted());
      expect(passed.length).toBeGreaterThan(30);
    },
    withinMs,
  );
});
