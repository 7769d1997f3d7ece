import { expect, test } from "vitest";
import { afterKill, healed, inOutage, nothingToHeal, ofDuplicates, ofPoison } from "./controls.ts";
import type { LiveChapter } from "./draw.ts";
import { actions } from "../live/wire.ts";
import type { ActionKey } from "../live/wire.ts";

const usual = { name: "n", apiUrl: "u", logFile: "l" };
const chapters: LiveChapter[] = [
  { ...usual, worksWith: "api", hasTickets: false, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "api", hasTickets: true, hasQueue: false, hasDeadLetterQueue: false },
  { ...usual, worksWith: "worker", hasTickets: true, hasQueue: true, hasDeadLetterQueue: false },
  { ...usual, worksWith: "function", hasTickets: true, hasQueue: true, hasDeadLetterQueue: true },
];

const atTerminal = (key: string) => key;

test("every chapter has its own sentence for the same key, and each fits into a line", () => {
  const [synchronous, ticket, queue] = chapters.map((chapter) => afterKill(chapter, "6"));
  expect(new Set([synchronous, ticket, queue]).size).toBe(3);
  expect(queue).toContain("after 6 s");

  const all = chapters.flatMap((chapter) => [
    afterKill(chapter, "6"),
    afterKill(chapter, undefined),
    inOutage(chapter),
    ofPoison(chapter, atTerminal),
    nothingToHeal(chapter),
    healed(chapter),
  ]);
  expect(all.filter((sentence) => sentence.length > 78)).toEqual([]);
});

test("on a page a key is called by its button, and nothing else", () => {
  const onPage = (key: ActionKey) => `"${actions[key]}"`;
  const all = [ofDuplicates(onPage), ...chapters.map((chapter) => ofPoison(chapter, onPage))];

  expect(ofDuplicates(atTerminal)).toBe("Press s three times, and watch `twice`. d ends it.");
  expect(all.filter((sentence) => /(?<![-"'])\b[sbpodkh]\b/.test(sentence))).toEqual([]);
  expect(all.filter((sentence) => !/"(?:Send|Heal)"/.test(sentence))).toEqual([]);
});
