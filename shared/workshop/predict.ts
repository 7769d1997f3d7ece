import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a chapter's README asks before the first run. */
export interface Prediction {
  question: string;
  choices: { letter: string; text: string }[];
}

/** The question of the README in a chapter's folder, or undefined if it asks none. */
export function readPrediction(folder: string): Prediction | undefined {
  const file = join(folder, "README.md");
  return existsSync(file) ? parsePrediction(readFileSync(file, "utf8")) : undefined;
}

/** Reads the part under `## Predict`: prose, then a list of choices as `- **a)** text`. Without two choices there is no question. */
export function parsePrediction(readme: string): Prediction | undefined {
  const lines = readme.split(/\r?\n/);
  const begins = lines.findIndex((line) => /^## Predict\s*$/.test(line)) + 1;
  const ends = lines.findIndex((line, at) => at >= begins && line.startsWith("## "));
  const section = begins === 0 ? [] : lines.slice(begins, ends < 0 ? undefined : ends);
  const firstChoice = section.findIndex((line) => isChoice(line));
  const choices: Prediction["choices"] = [];
  for (const line of firstChoice < 0 ? [] : section.slice(firstChoice)) {
    const [, letter, text = ""] = choicePattern.exec(line) ?? [];
    const last = choices.at(-1);
    if (letter !== undefined) {
      choices.push({ letter, text });
    } else if (/^\s+\S/.test(line) && last !== undefined) {
      last.text += ` ${line.trim()}`;
    } else if (line.trim() !== "") {
      // What follows the list is for the reader, not for the keys.
      break;
    }
  }
  if (choices.length < 2) {
    return undefined;
  }
  const question = plain(section.slice(0, firstChoice).join("\n").trim().replaceAll(/\s+/g, " "));
  return { question, choices: choices.map(({ letter, text }) => ({ letter, text: plain(text.trim()) })) };
}

const choicePattern = /^[-*] +\*\*([a-z])\)\*\* *(.*)$/;
const isChoice = (line: string) => choicePattern.test(line);

/** Without the marks that a terminal would show as they are. */
function plain(text: string): string {
  return text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/\*\*|`/g, "");
}
