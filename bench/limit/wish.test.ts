import { expect, test } from "vitest";
import { UsageError } from "#shared/command.ts";
import { readLimitWish } from "./wish.ts";

const url = "http://127.0.0.1:3000/";
const read = (...words: string[]) => readLimitWish(words, {});

test("a chapter has a promise for both clocks, and 01 a longer one, since its answer waits for the vendor", () => {
  const { chapters, seed } = read("4", "01", "04-lambda", "answered=0.2s");

  expect(seed).toBe(1);
  expect(chapters.map(({ row, promised }) => [row.id, promised])).toEqual([
    ["04", { answeredMs: 200, worksMs: 2_000 }],
    ["01", { answeredMs: 200, worksMs: 2_000 }],
  ]);
  expect(read("01", "02", "works=1500ms").chapters.map(({ promised }) => promised)).toEqual([
    { answeredMs: 2_000, worksMs: 1_500 },
    { answeredMs: 100, worksMs: 1_500 },
  ]);
  // One row, in the same weather as all others.
  expect(read("07").chapters.map(({ row }) => row.id)).toEqual(["07"]);
});

test("a URL has one clock, and takes the same flags as `npm run measure`", () => {
  const { chapters, url: asked } = read(url, "body={}", "header=X-Seat: 7", "answered=50ms");

  expect(chapters).toEqual([]);
  expect(asked).toMatchObject({ promised: { answeredMs: 50 }, target: { method: "POST", body: "{}" } });
  expect(asked?.promised).not.toHaveProperty("worksMs");
  expect(asked?.target.headers).toMatchObject({ "x-seat": "7" });
});

test("the results contain no password and no key", () => {
  expect(read("http://me:secret@127.0.0.1:3000/", "header=authorization: key", "out=x", "seed=3").typed).toBe(
    "npm run limit http://127.0.0.1:3000/ seed=3",
  );
});

test.each([
  ["nothing", [], "Expected a chapter, `mine` or a URL, got nothing"],
  ["the pharmacy", ["00"], "Chapter 00 has no endpoint"],
  ["a chapter that is not there", ["12"], "Expected one of the chapters"],
  ["somebody else's server", ["http://example.com/"], "add the word `elsewhere`"],
  ["two URLs", [url, url], "Expected one URL"],
  ["a chapter and a URL", ["04", url], "Expected one URL"],
  ["a second clock of a URL", [url, "works=2s"], "Expected no `works=` with a URL"],
  ["a time without a unit", ["04", "answered=100"], "Expected a time from 1ms to 10s, such as `answered=2s`"],
  ["no time at all", ["04", "works=0s"], "Expected a time from 1ms to 10s, such as `works=2s`"],
  ["a promise of an hour", ["04", "works=3600s"], "Expected a time from 1ms to 10s"],
  ["half a seed", ["04", "seed=1.5"], "a whole seed"],
])("%s is refused in one sentence", (_what, words, sentence) => {
  expect(() => read(...words)).toThrow(UsageError);
  expect(() => read(...words)).toThrow(sentence);
});
