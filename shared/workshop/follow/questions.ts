import type { CheckedTask } from "#shared/workshop/course/check-chapter.ts";
import { wrap } from "#shared/command.ts";
import type { Prediction } from "#shared/workshop/predict.ts";

/** What the screen wants to know before it goes on. */
export interface Question {
  lines: string[];
  /** By the key that gives it. Any other key is no answer. */
  answers: Record<string, () => Promise<void> | void>;
}

const columns = 80;

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
      ...choices.flatMap(({ letter, text }) =>
        wrap(text, columns - 5)
          .split("\n")
          .map((line, at) => `${at === 0 ? `  ${letter}) ` : "     "}${line}`),
      ),
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
