import { describe, expect, it } from "vitest";
import { cloud, local, nowhere } from "#shared/testing/cloud-command.ts";

describe("npm run cloud", () => {
  it.each(["deploy", "seed", "status", "redrive", "remove"])(
    "connects to nothing for %s unless it is asked to",
    async (action) => {
      const { code, said } = await cloud([action], nowhere);

      expect(said).toContain("nothing reaches AWS unless it is asked to");
      expect(code).toBe(2);
    },
  );

  it("prints the cost without asking AWS", async () => {
    const { code, said } = await cloud(["cost"]);

    expect(code).toBe(0);
    expect(said).toMatch(
      /One million activations.*together \$ ?\d+\.\d\d.*One day without customers.*together \$ ?0\.0\d/,
    );
  });

  it.each([
    [["status", "real-aws"], { AWS_REGION: "us-east-1" }, "Expected credentials for AWS, found none"],
    [
      ["status", "real-aws"],
      { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
      "Expected a region, found none",
    ],
    [["status", "real-aws", "region=europe"], local, "Expected a region such as eu-central-1, got"],
    [["status", "real-aws", "stack=a_b"], local, "Expected a stack's name"],
    [["status", "real-aws"], nowhere, "AWS could not be reached"],
    [["status", "profile=nobody"], { AWS_REGION: "us-east-1" }, "Expected credentials for AWS, found none"],
    [["destroy", "real-aws"], local, "Expected one of cost, deploy"],
    [["deploy", "99", "real-aws"], local, "Expected one of the chapters"],
    [["deploy", "01", "real-aws"], local, "Expected a chapter from 03 to 08, got 01-synchronous"],
    [["deploy", "lab-retries", "real-aws"], local, "Expected a chapter from 03 to 08, got lab-retries"],
  ] as [string[], Record<string, string>, string][])(
    "says what is wrong with %j",
    async (words, env, sentence) => {
      const { code, said } = await cloud(words, env);

      expect(said).toContain(sentence);
      expect(said).not.toMatch(/ at \S+ \(|node_modules/);
      expect(code).toBeGreaterThan(0);
    },
  );
});
