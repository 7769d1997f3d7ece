import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wrap } from "#shared/command.ts";

// What the screens show of a chapter's README, without Markdown.

/** What a chapter's README asks before the first run. */
export interface Prediction {
  question: string;
  choices: { letter: string; text: string }[];
  /** The letter of the right choice, and the reason. Folded away on the page, and shown after a measurement. */
  answer?: { letter: string; reason: string };
  /** A second question without choices, and its answer. */
  other?: { question: string; answer: string };
}

/** The title of the README in a chapter's folder, or undefined if it has none. */
export function readTitle(folder: string): string | undefined {
  return /^# (.+)$/m.exec(readReadme(folder))?.[1];
}

/** The question of the README in a chapter's folder, or undefined if it asks none. */
export function readPrediction(folder: string): Prediction | undefined {
  return parsePrediction(readReadme(folder));
}

/** The new words in a chapter's README, each in as many lines as it takes. Empty if there are none. */
export function readNewWords(folder: string, columns: number): string[] {
  return findNewWords(readReadme(folder), columns);
}

/** Empty if there is none: a participant's copy has no README. */
function readReadme(folder: string): string {
  const file = join(folder, "README.md");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

const choicePattern = /^[-*] +\*\*([a-z])\)\*\* *(.*)$/;

/** Reads the part below `## Predict`: prose, then a list of choices as `- **a)** text`. Undefined if there are fewer than two. */
export function parsePrediction(readme: string): Prediction | undefined {
  const section = withPlainLineEnds(readme)
    .split(/^## /m)
    .find((part) => /^Predict *\n/.test(part));
  const lines = section?.split("\n").slice(1) ?? [];
  const firstChoice = lines.findIndex((line) => choicePattern.test(line));
  const choices: Prediction["choices"] = [];
  for (const line of firstChoice < 0 ? [] : lines.slice(firstChoice)) {
    const [, letter, text = ""] = choicePattern.exec(line) ?? [];
    const last = choices.at(-1);
    if (letter !== undefined) {
      choices.push({ letter, text });
    } else if (/^\s+\S/.test(line) && last !== undefined) {
      last.text += ` ${line.trim()}`;
    } else if (line.trim() !== "") {
      // What follows the list is not a choice.
      break;
    }
  }
  if (choices.length < 2) {
    return undefined;
  }
  return {
    question: plain(lines.slice(0, firstChoice).join("\n")),
    choices: choices.map(({ letter, text }) => ({ letter, text: plain(text) })),
    ...parseAnswers(lines.slice(firstChoice).join("\n")),
  };
}

const foldedPattern =
  /^<details>.*?<\/summary>\s*\*\*([a-z])\)\*\*([^]*?)(?:\n\s*\nAnd the other question:([^]*?))?\n\s*<\/details>/m;

/** The folded answer below the choices, and the paragraph before it with a second question. */
function parseAnswers(belowQuestion: string): Pick<Prediction, "answer" | "other"> {
  const [folded, letter, reason = "", second] = foldedPattern.exec(belowQuestion) ?? [];
  if (folded === undefined || letter === undefined) {
    return {};
  }
  const before = belowQuestion.slice(0, belowQuestion.indexOf(folded)).trim();
  const question = before.split(/\n\s*\n/).findLast((paragraph) => !choicePattern.test(paragraph.trim()));
  return {
    answer: { letter, reason: plain(reason) },
    ...(second !== undefined &&
      question !== undefined && {
        other: { question: plain(question), answer: plain(second) },
      }),
  };
}

const indent = "  ";

/** Reads the list below `New words:`, and wraps each word at `columns` with an indent. */
export function findNewWords(readme: string, columns: number): string[] {
  return newWordItems(readme)
    .map(plain)
    .flatMap((item) =>
      wrap(item, columns - indent.length)
        .replaceAll("\n", `\n${indent}`)
        .split("\n"),
    );
}

/** The list below `New words:`, each item in one line with its Markdown. Empty if there is none. */
export function newWordItems(readme: string): string[] {
  const [, after = ""] = withPlainLineEnds(readme).split(/^New words?:.*\n/m);
  const list = /^\s*(?:- .*\n(?: {2}.*\n?)*)+/.exec(`${after}\n`)?.[0] ?? "";
  return list
    .split(/^- /m)
    .map((item) => item.replaceAll(/\s+/g, " ").trim())
    .filter((item) => item !== "");
}

const withPlainLineEnds = (text: string) => text.replaceAll("\r\n", "\n");

/** In one line, without Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .trim()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*+|`/g, "");
}
