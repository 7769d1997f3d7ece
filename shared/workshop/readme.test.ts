import { expect, test } from "vitest";
import { findNewWords, parsePrediction } from "./readme.ts";

const readme = `# 03

## Predict

10 customers come each second; the [worker](worker.ts) needs **0.45 s**.
After 8 seconds the last device works:

- **a)** in half a second
- **b)** in about
  10 seconds
- **c)** in \`half\` a minute

And the response time: **d)** faster, or the same?

## Run it

- **e)** is no choice
`;

test("reads the question and its choices without Markdown", () => {
  expect(parsePrediction(readme)).toEqual({
    question:
      "10 customers come each second; the worker needs 0.45 s. After 8 seconds the last device works:",
    choices: [
      { letter: "a", text: "in half a second" },
      { letter: "b", text: "in about 10 seconds" },
      { letter: "c", text: "in half a minute" },
    ],
  });
});

test("reads the folded answer, its reason, and the second question with its answer", () => {
  const folded = `<details><summary>The answer</summary>

**c)** 36 s of *work* for
one worker.

And the other question: \`about\` the same.

</details>

## Run it`;
  const asked = parsePrediction(readme.replace("## Run it", folded));

  expect(asked?.choices).toHaveLength(3);
  expect(asked?.answer).toEqual({ letter: "c", reason: "36 s of work for one worker." });
  expect(asked?.other).toEqual({
    question: "And the response time: d) faster, or the same?",
    answer: "about the same.",
  });
  const alone = parsePrediction(readme.replace("## Run it", folded.replace(/And the other.*\n/, "")));
  expect(alone?.answer?.letter).toBe("c");
  expect(alone?.other).toBeUndefined();
});

test("reads it with Windows line endings too", () => {
  expect(parsePrediction(readme.replaceAll("\n", "\r\n"))).toEqual(parsePrediction(readme));
});

test.each([
  ["no such part", readme.replace("Predict", "Guess")],
  ["no list", readme.replaceAll(/^- .*$/gm, "")],
  ["one choice only", readme.replaceAll(/^- \*\*[bc].*$/gm, "")],
])("has no question if there is %s", (_name, text) => {
  expect(parsePrediction(text)).toBeUndefined();
});

const withNewWords = `# 02

## The problem

New words:

- **202 Accepted**: the answer that says "I have your request",
  and it is *not* done.
- **ticket**: a row, see [the table](x.md). \`GET\` shows it.

\`\`\`mermaid
- no word
\`\`\`
`;

test("finds the new words of a README without Markdown, wrapped with an indent", () => {
  const words = [
    '202 Accepted: the answer that says "I',
    '  have your request", and it is not',
    "  done.",
    "ticket: a row, see the table. GET",
    "  shows it.",
  ];

  expect(findNewWords(withNewWords, 40)).toEqual(words);
  expect(findNewWords(withNewWords.replaceAll("\n", "\r\n"), 40)).toEqual(words);
  expect(findNewWords("# 01\n\nNothing new.\n", 40)).toEqual([]);
});
