import { expect, test } from "vitest";
import { findNewWords } from "./new-words.ts";
import { afterKill, healed, inOutage, nothingToHeal, ofPoison } from "./sentences.ts";
import type { LiveChapter } from "./state.ts";

const readme = `# 02

## The problem

New words:

- **202 Accepted**: the answer that says "I have your request",
  and it is *not* done.
- **ticket**: a row, see [the table](x.md). \`GET\` shows it.

\`\`\`mermaid
- no word
\`\`\`
`;

test("finds the new words of a README, without the marks of Markdown, wrapped with an indent", () => {
  const words = [
    '202 Accepted: the answer that says "I',
    '  have your request", and it is not',
    "  done.",
    "ticket: a row, see the table. GET",
    "  shows it.",
  ];

  expect(findNewWords(readme, 40)).toEqual(words);
  expect(findNewWords(readme.replaceAll("\n", "\r\n"), 40)).toEqual(words);
  expect(findNewWords("# 01\n\nNothing new.\n", 40)).toEqual([]);
});

const usual = { name: "n", number: "05", apiUrl: "u", logFile: "l" };
const chapters: LiveChapter[] = [
  { ...usual, worksWith: "api", hasTickets: false, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "api", hasTickets: true, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "worker", hasTickets: true, hasQueue: true, hasDeadLetterQueue: false },
  { ...usual, worksWith: "function", hasTickets: true, hasQueue: true, hasDeadLetterQueue: true },
];

test("every chapter has its own sentence about the same key, and each fits into a line", () => {
  const [synchronous, ticket, queue] = chapters.map((chapter) => afterKill(chapter, "6"));
  expect(new Set([synchronous, ticket, queue]).size).toBe(3);
  expect(queue).toContain("after 6 s");

  const all = chapters.flatMap((chapter) => [
    afterKill(chapter, "6"),
    afterKill(chapter, undefined),
    inOutage(chapter),
    ofPoison(chapter),
    nothingToHeal(chapter),
    healed(chapter),
  ]);
  expect(all.filter((sentence) => sentence.length > 78)).toEqual([]);
});
