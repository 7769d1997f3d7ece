import { expect, test } from "vitest";
import { startersOf } from "./end-with-npm.mjs";

const source = "shared/workshop/chapter/main.ts";
const script = `node --enable-source-maps shared/run/build/start.mjs ${source}`;
const [user, npm, shell] = [10, 20, 30];
const processes: Record<number, { parent: number; words: string }> = {
  [user]: { parent: 1, words: "-bash" },
  [npm]: { parent: user, words: "npm run chapter 07" },
  [shell]: { parent: npm, words: `sh -c ${script} 07` },
};
const ofNpm = { npm_lifecycle_event: "chapter", npm_lifecycle_script: script };
const starters = (parent: number, env: Record<string, string> = ofNpm, others: typeof processes = {}) =>
  startersOf({ env, source, parent, describe: (pid) => ({ ...processes, ...others })[pid] });

test("npm's shell and npm itself have to stay", () => {
  expect(starters(shell)).toEqual([shell, npm]);
});

test("where the shell has become the command, the user's shell may leave after `nohup npm run chapter 07 &`", () => {
  expect(starters(npm)).toEqual([npm]);
});

test("a parent that can't be seen has to stay all the same", () => {
  expect(starters(40)).toEqual([40]);
});

test.each([
  ["with its shell", 1],
  ["before its shell", shell],
])("npm may have gone %s before the command looks", (_how, parent) => {
  const orphan = { [shell]: { parent: 1, words: `sh -c ${script} 07` } };

  expect(starters(parent, ofNpm, { ...orphan, 1: { parent: 0, words: "/sbin/init" } })).toBe("gone");
  expect(starters(parent, ofNpm, orphan)).toBe("gone");
});

test("npm may be the first process, as in a container", () => {
  const inContainer = {
    1: { parent: 0, words: "npm run chapter 07" },
    [shell]: { parent: 1, words: `sh -c ${script} 07` },
  };

  expect([starters(1, ofNpm, inContainer), starters(shell, ofNpm, inContainer)]).toEqual([[1], [shell, 1]]);
});

test.each([
  ["without npm", {}],
  ["in a shell of another script", { npm_lifecycle_script: "bash" }],
  [
    "by another command, as the workshop does",
    { npm_lifecycle_script: "node start.mjs shared/workshop/follow/main.ts" },
  ],
])("what was started %s may outlive its parent", (_how, env) => {
  expect(starters(shell, env)).toEqual([]);
});
