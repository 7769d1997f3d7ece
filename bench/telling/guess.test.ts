import { expect, it } from "vitest";
import { inventedResults } from "../testing/invented.ts";
import { guessSentences } from "./guess.ts";

const prediction = {
  question: "After 8 seconds the last device works:",
  choices: [
    { letter: "a", text: "in half a second" },
    { letter: "c", text: "in about half a minute" },
  ],
  answer: { letter: "c", reason: "It is 36 s of work for one worker." },
  other: { question: "And the response time?", answer: "about the same." },
};
const guessedOf = (chapter: string, guess: string) => (asked: string) =>
  asked === chapter ? { ...prediction, guess } : undefined;

it("says what was guessed, what it is and why, with this run's figures", () => {
  const sentences = guessSentences(inventedResults(), { guessed: guessedOf("03", "a") });

  expect(sentences).toEqual([
    {
      word: "GUESS",
      text: "of 03, before you ran it: a) in half a second. The answer is c) in about half a minute. It is 36 s of work for one worker.",
    },
    { word: "ALSO", text: "And the response time? about the same." },
    {
      word: "HERE",
      text: expect.stringMatching(/^03 queue: \d+ messages of \d+ still waited in the end\.$/),
    },
  ]);
});

it("says that a guess was right, also for your own version", () => {
  const results = inventedResults();
  const chapters = results.chapters
    .filter(({ id }) => id === "03")
    .map((row) => ({ ...row, id: "mine", chapter: "mine", label: "mine" }));

  const [guess, , here] = guessSentences(
    { ...results, chapters },
    { begunAs: "03", guessed: guessedOf("03", "c") },
  );

  expect(guess?.text).toContain("c) in about half a minute. You were right.");
  expect(here?.text).toMatch(/^mine: /);
});

it.each(["01", "02", "03", "04", "05", "06", "07"])(
  "has figures of a run that decide the question of %s",
  (chapter) => {
    const results = inventedResults();
    const chapters = results.chapters.map((row) => (row.id === "03" ? { ...row, id: chapter } : row));
    const measured = results.chapters.some(({ id }) => id === chapter) ? results : { ...results, chapters };
    const here = guessSentences(measured, { guessed: guessedOf(chapter, "a") }).at(-1);

    expect(here?.word).toBe("HERE");
    expect(here?.text).toMatch(/\d/);
    expect(here?.text).not.toMatch(/undefined|NaN/);
  },
);

it("says nothing if no one has guessed", () => {
  expect(guessSentences(inventedResults(), { guessed: () => undefined })).toEqual([]);
});
