import { expect, test } from "vitest";
import { afterKill, healed, inOutage, nothingToHeal, ofPoison } from "./controls.ts";
import type { LiveChapter } from "./draw.ts";

const usual = { name: "n", apiUrl: "u", logFile: "l" };
const chapters: LiveChapter[] = [
  { ...usual, worksWith: "api", hasTickets: false, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "api", hasTickets: true, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "worker", hasTickets: true, hasQueue: true, hasDeadLetterQueue: false },
  { ...usual, worksWith: "function", hasTickets: true, hasQueue: true, hasDeadLetterQueue: true },
];

test("every chapter has its own sentence for the same key, and each fits into a line", () => {
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
