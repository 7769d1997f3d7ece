import { wrap } from "#shared/command.ts";
import type { CheckedTask } from "../course/check-chapter.ts";
import type { Prediction } from "../readme.ts";
import type { Key } from "../terminal/paint.ts";
import { runArgument } from "./path.ts";
import type { CoursePlace } from "./path.ts";

const columns = 80;

/** The keys, the same in every chapter. */
export const keysFor = ({ next }: CoursePlace): Key[] => [
  { key: "c", does: "check" },
  { key: "h", does: "hint" },
  { key: "d", does: "diff" },
  { key: "r", does: "run" },
  { key: "m", does: "measure" },
  { key: "n", does: next === undefined ? "the end" : "next chapter" },
  { key: "?", does: "help" },
  { key: "q", does: "quit" },
];

/** What each key does, as a page. */
export function helpPage({ chapter, next }: CoursePlace): string[] {
  const { number, name } = chapter;
  const keys = {
    read: `the text is chapters/${name}/README.md; open it beside this terminal`,
    save: "a file of mine/ that you save is checked by itself",
    c: "check all tasks now",
    h: "a hint for the first open task, one more each time",
    d: `what differs between chapter ${number} and your copy`,
    r: `run it (\`npm run chapter ${runArgument(chapter)}\`); q there comes back here`,
    m: "measure yours beside the chapter, in about 45 s",
    n: next === undefined ? "this is the last chapter" : `begin ${next.number}; your mine/ is saved first`,
    q: "quit; where you are is kept",
  };
  return [
    ...Object.entries(keys).flatMap(([key, text]) => hanging(key.padEnd(7), text, columns - 1)),
    "",
    "Return closes this page.",
  ];
}

/** What the screen wants to know before it goes on. */
export interface Question {
  lines: string[];
  /** By the key that gives it. Any other key is no answer. */
  answers: Record<string, () => Promise<void> | void>;
}

/** The chapter's own question, before its first run. */
export function predictQuestion(
  { question, choices }: Prediction,
  take: (guess: string | undefined) => Promise<void>,
): Question {
  return {
    lines: [
      "Before you run it, guess:",
      "",
      ...wrap(question, columns).split("\n"),
      "",
      ...choices.flatMap(({ letter, text }) => hanging(`  ${letter}) `, text, columns)),
      "",
      `Press ${choices.map(({ letter }) => letter).join(", ")}, or s to skip the question.`,
    ],
    answers: {
      ...Object.fromEntries(choices.map(({ letter }) => [letter, () => take(letter)])),
      s: () => take(undefined),
    },
  };
}

/** Whether to go on though something is left to do. */
export function leaveQuestion(
  chapter: string,
  next: string,
  open: readonly CheckedTask[],
  goOn: () => Promise<void>,
): Question {
  const what = open.length === 1 ? `A task of ${chapter} is` : `${open.length} tasks of ${chapter} are`;
  return {
    lines: [
      `${what} not done. Begin ${next} all the same?`,
      "",
      "What you have changed in mine/ is saved; `npm run begin back` brings it back.",
      "",
      "Press y to go on, n to stay.",
    ],
    answers: { y: goOn, n: () => {}, escape: () => {} },
  };
}

/** A text behind its label; further lines begin below the first. */
function hanging(label: string, text: string, width: number): string[] {
  return wrap(text, width - label.length)
    .split("\n")
    .map((line, at) => (at === 0 ? label : " ".repeat(label.length)) + line);
}
