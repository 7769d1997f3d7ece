import { escaped } from "#shared/html.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { courses } from "#shared/workshop/course/courses.ts";
import { StoryError } from "../read-story.ts";

/** Turns a piece of text into HTML, with its figures looked up. */
type Inline = (part: string) => string;

const bigKinds = ["answered", "works", "alarm"];

/** Figures in the largest letters, one per line: `answered: {{02 sooner}} sooner / until the customer is answered`. */
export function big(text: string, inline: Inline): string {
  const figures = text.split("\n").map((line) => {
    const [, kind = "", value = "", words = ""] = /^(?:([a-z]+): )?(.+?) \/ (.+)$/.exec(line) ?? [];
    if (value === "" || (kind !== "" && !bigKinds.includes(kind))) {
      throw new StoryError(
        `Expected lines such as \`answered: {{02 sooner}} / sooner\` (or ${bigKinds.join(", ")}) in \`big\`, got \`${line}\`; rewrite it.`,
      );
    }
    return `<div class="big ${kind}"><strong>${inline(value)}</strong><span>${inline(words)}</span></div>`;
  });
  return `<div class="bigs">${figures.join("")}</div>`;
}

/**
 * A table of figures. The first line is its head, the first cell of a row its name, `|` separates cells, and figures are written as
 * everywhere: `02 ticket | {{02 answered p50}} | {{02 lost}}`.
 */
export function measured(text: string, inline: Inline): string {
  const [head = [], ...rows] = text.split("\n").map((line) => line.split(" | ").map((cell) => cell.trim()));
  const wrong = rows.find((row) => row.length !== head.length);
  if (rows.length === 0 || wrong !== undefined) {
    const got = wrong === undefined ? "no row" : `${wrong.length} in \`${wrong.join(" | ")}\``;
    throw new StoryError(`Expected rows of ${head.length} cells in \`measured\`, got ${got}; rewrite it.`);
  }
  const titles = head.map((cell, at) =>
    at === 0 && cell === "" ? "<td></td>" : `<th scope="col">${inline(cell)}</th>`,
  );
  const lines = rows.map(
    ([name = "", ...cells]) =>
      `<tr><th scope="row">${inline(name)}</th>${cells.map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`,
  );
  return `<table class="measured"><thead><tr>${titles.join("")}</tr></thead><tbody>${lines.join("")}</tbody></table>`;
}

/**
 * Something to do, with a countdown: `exercise 12 03` (minutes, chapter). `task 1` shows the title of that task of the course. Any
 * other line is a command and its purpose, as in `npm run chapter 01 / start it`.
 */
export function exercise(minutes: string, number: string, text: string, inline: Inline): string {
  const seconds = Number(minutes) * 60;
  if (!(seconds > 0 && seconds <= 3_600) || number === "") {
    throw new StoryError(
      `Expected minutes and a chapter, as in \`exercise 12 03\`, got \`${minutes} ${number}\`; rewrite it.`,
    );
  }
  const chapter = findChapter(number);
  const rows = text.split("\n").map((line) => {
    const [, task] = /^task (\d+)$/.exec(line) ?? [];
    return task === undefined ? commandRow(line, inline) : taskRow(chapter.number, Number(task));
  });
  return (
    `<div class="todo"><ol>${rows.join("")}</ol>` +
    `<div class="countdown" role="timer" data-seconds="${seconds}"><strong>${minutes}:00</strong><span>T starts it</span></div></div>`
  );
}

function taskRow(chapter: string, number: number): string {
  const task = courses
    .find((course) => course.chapter === chapter)
    ?.tasks.find((each) => each.number === number);
  if (task === undefined) {
    throw new StoryError(
      `Expected a task of chapter ${chapter}, got task ${number}, which it has not; rewrite it.`,
    );
  }
  return `<li>${escaped(task.title)}<code>mine/${escaped(task.file)}</code></li>`;
}

function commandRow(line: string, inline: Inline): string {
  const [command = "", words] = line.split(" / ", 2);
  if (words === undefined) {
    throw new StoryError(
      `Expected \`task 1\`, or a command and what it is for, as in \`npm run check 03 / is it done?\`, got \`${line}\`; rewrite it.`,
    );
  }
  return `<li>${inline(words)}<code>${escaped(command)}</code></li>`;
}
