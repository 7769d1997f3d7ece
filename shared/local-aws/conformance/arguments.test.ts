import { expect, it } from "vitest";
import { readTarget } from "./arguments.ts";

it.each([
  { argv: [], env: {} },
  { argv: ["real-aws"], env: { CONFORMANCE_REAL_AWS: "yes" } },
  { argv: ["--endpoint", "http://127.0.0.1:9324/"], env: { CONFORMANCE_ENDPOINT: "http://127.0.0.1:9324" } },
])("reads $argv", ({ argv, env }) => {
  expect(readTarget(argv, {})).toMatchObject({ env });
});

it.each([
  { argv: ["real-aws", "endpoint=http://a"], word: "one of endpoint=URL and real-aws" },
  { argv: ["endpoint=localhost"], word: "a URL like" },
  { argv: ["http://a"], word: "one of endpoint=URL and real-aws" },
  { argv: ["--endpiont", "http://a"], word: "--endpoint" },
])("refuses $argv with a sentence", ({ argv, word }) => {
  expect(() => readTarget(argv, {})).toThrow(word);
});
