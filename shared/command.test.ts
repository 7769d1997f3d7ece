import { expect, test } from "vitest";
import { needWords, readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";

const shape = {
  usage: "npm run bench 03 05",
  flags: { short: "switch", rate: "number", "sqs-port": "number", body: "text" },
} as const;

const read = (argv: string[], env = {}) => readCommand(shape, argv, env);

test("keeps words in their order", () => {
  expect(read(["03", "mine"])).toEqual({ words: ["03", "mine"], flags: {} });
});

test.each([
  ["with dashes", ["--short", "--rate", "50", "--body", '{"a":"b=c"}', "03"]],
  ["with equals signs", ["--short", "--rate=50", '--body={"a":"b=c"}', "03"]],
  ["without dashes", ["short", "rate=50", 'body={"a":"b=c"}', "03"]],
])("reads flags %s", (_how, argv) => {
  expect(read(argv)).toEqual({ words: ["03"], flags: { short: true, rate: 50, body: '{"a":"b=c"}' } });
});

test("a word with an equals sign that names no flag stays a word", () => {
  expect(read(["http://127.0.0.1/?a=1", "toString"]).words).toEqual(["http://127.0.0.1/?a=1", "toString"]);
});

test.each([
  ["a flag", ["--shrot"], "`--shrot`; write `npm run bench 03 05`. Did you mean `short`?"],
  ["a switch without dashes", ["03", "shrt"], "got `shrt`. Did you mean `short`?"],
  ["a name before a value", ["raet=50"], "got `raet=50`. Did you mean `rate`?"],
])("suggests the nearest word of the command: %s", (_what, argv, sentence) => {
  expect(() => read(argv)).toThrow(sentence);
});

test("a word that resembles no flag does not count as a mistake", () => {
  expect(read(["mine", "VendorUrl=x", "02"]).words).toEqual(["mine", "VendorUrl=x", "02"]);
});

test.each([
  ["an unknown flag", ["--fast"], {}, "--fast"],
  ["an unknown short flag", ["-x"], {}, "-x"],
  ["a name that every object has", ["--constructor"], {}, "--constructor"],
  ["a flag without its value", ["--rate"], {}, "Expected a number"],
  ["a flag whose value is another flag", ["--body", "--short"], {}, "after `--body`"],
  ["a number that is none", ["--rate", "fast"], {}, "got fast"],
  ["a negative number", ["--rate=-1"], {}, "got -1"],
  ["a switch with a value", ["--short=3"], {}, "leave the value out"],
  ["a switch that npm kept", ["03"], { npm_config_short: "true" }, "`npm run bench ... short`"],
  ["a flag with a dash in it that npm kept", ["90"], { npm_config_sqs_port: "true" }, "sqs-port=10"],
])("%s is refused in one sentence", (_what, argv, env, part) => {
  expect(() => read(argv, env)).toThrow(UsageError);
  expect(() => read(argv, env)).toThrow(part);
});

test("npm's own settings do not count as swallowed flags", () => {
  expect(
    read(["03"], { npm_config_noproxy: "", npm_config_node_gyp: "/x", npm_config_short: "" }).words,
  ).toEqual(["03"]);
});

test("refuses too few or too many words, and shows the usage", () => {
  expect(needWords(["05", "06"], ["a chapter", "another"], shape.usage)).toEqual(["05", "06"]);
  expect(() => needWords([], ["a chapter"], "npm run chapter 05")).toThrow(
    "Expected a chapter, got nothing; write `npm run chapter 05`.",
  );
  expect(() => needWords(["05", "06"], ["a chapter"], "npm run chapter 05")).toThrow("got `05 06`");
  expect(needWords([], [], "npm run bench:aws")).toEqual([]);
  expect(() => needWords(["05"], [], "npm run bench:aws")).toThrow(
    "Expected no words, got `05`; write `npm run bench:aws`.",
  );
});

test("breaks a sentence at 80 columns, but never inside a command", () => {
  const sentence =
    "Chapter 05 is not running and so nothing can be broken; start it with `npm run chapter 05` (in another terminal).";

  expect(wrap(sentence).split("\n")).toEqual([
    "Chapter 05 is not running and so nothing can be broken; start it with",
    "`npm run chapter 05` (in another terminal).",
  ]);
  expect(wrap("one\ntwo  three")).toBe("one\ntwo three");
});

test("a command starts only when its whole file is loaded, although it is at the top", async () => {
  const seen = new Promise((resolve) => {
    runCommand(async () => resolve(declaredBelow));
  });
  const declaredBelow = "there";

  expect(await seen).toBe("there");
});
