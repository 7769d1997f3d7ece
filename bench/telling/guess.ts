import { findChapter } from "#shared/run/chapters.ts";
import type { Results } from "#shared/results.ts";
import { readProgress } from "#shared/workshop/course/progress.ts";
import { readPrediction } from "#shared/workshop/readme.ts";
import type { Prediction } from "#shared/workshop/readme.ts";
import { counted, quantileText } from "../figures/format.ts";
import type { RowView } from "../figures/view.ts";
import { viewOf } from "../figures/view.ts";

type RowOf = (id: string) => RowView | undefined;

const answered = ({ median }: RowView) => `answered in ${quantileText(median.response, "p50Ms")}`;
const works = ({ median }: RowView) => `device works after ${quantileText(median.activation, "p50Ms")}`;
const both = (row: RowView) => `${row.label}: ${answered(row)}, ${works(row)}`;
const providedTwice = (row: RowView) =>
  `${row.label}: ${counted(row.ledger.doubled, "device")} provisioned twice`;

/** By chapter: what this run says about its question. `own` is the row of the chapter, or of a participant's copy. */
const deciding: Readonly<Record<string, (own: RowView, row: RowOf) => string[]>> = {
  "01": (own) => [both(own)],
  "02": (own, row) => [both(own), ...present(row("01")).map(both)],
  "03": (own) => [
    `${own.label}: ${counted(own.ledger.waiting, "message")} of ${own.ledger.accepted} still waited in the end`,
  ],
  "04": (own, row) => [`${own.label}: ${works(own)}`, ...present(row("03")).map(both)],
  "05": (own) => [
    `${own.label}: ${counted(own.ledger.deadLettered, "device")} set aside, ${own.ledger.vendorCalls} calls for ${own.ledger.accepted} tickets`,
  ],
  "06": (own) => [providedTwice(own)],
  "07": (own, row) => [own, ...present(row("07+key"))].map(providedTwice),
};

function present(row: RowView | undefined): RowView[] {
  return row === undefined ? [] : [row];
}

interface Sentence {
  word: string;
  text: string;
}

/** A guess about a chapter, with its question. */
interface Guessed extends Prediction {
  guess: string;
}

/**
 * The guess from before the first run, the answer, and the figures of this run that decide it, for the last of the measured chapters
 * with a guess. Empty if there is no guess, or no day was measured.
 */
export function guessSentences(
  results: Results,
  { begunAs, guessed = readGuess }: { begunAs?: string | undefined; guessed?: typeof readGuess } = {},
): Sentence[] {
  const rows = viewOf(results).trials.day?.rows ?? [];
  const last = rows
    .flatMap((row) => {
      const chapter = row.id === "mine" ? begunAs : row.id;
      const question =
        chapter === undefined || !Object.hasOwn(deciding, chapter) ? undefined : guessed(chapter);
      return chapter === undefined || question === undefined ? [] : [{ chapter, row, question }];
    })
    .at(-1);
  if (last === undefined) {
    return [];
  }
  const figures = deciding[last.chapter]?.(last.row, (id) => rows.find((row) => row.id === id)) ?? [];
  return [...told(last.chapter, last.question), { word: "HERE", text: `${figures.join("; ")}.` }];
}

function told(chapter: string, { guess, choices, answer, other }: Guessed): Sentence[] {
  const named = (wanted: string) => {
    const choice = choices.find(({ letter }) => letter === wanted);
    return `${wanted}) ${choice?.text ?? ""}`;
  };
  const verdict =
    answer === undefined
      ? ""
      : answer.letter === guess
        ? `. You were right. ${answer.reason}`
        : `. The answer is ${named(answer.letter)}. ${answer.reason}`;
  return [
    { word: "GUESS", text: `of ${chapter}, before you ran it: ${named(guess)}${verdict}` },
    ...(other === undefined ? [] : [{ word: "ALSO", text: `${other.question} ${other.answer}` }]),
  ];
}

function readGuess(chapter: string): Guessed | undefined {
  const { guess } = readProgress(chapter);
  const prediction = readPrediction(findChapter(chapter).folder);
  return guess === undefined || prediction === undefined ? undefined : { ...prediction, guess };
}
