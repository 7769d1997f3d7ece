import { findChapter } from "#shared/run/chapters.ts";
import { courses } from "#shared/workshop/course/courses.ts";
import { escaped } from "#shared/html.ts";
import { StoryError } from "../story-error.ts";
import type { Block } from "./block.ts";

/**
 * Something to do, with a countdown: `exercise 12 03` (minutes, chapter). Lines: `task 1` shows the title of that task of
 * the course, any other line a command and what it is for, as in `npm run chapter 01 / start it`.
 */
export const exercise: Block = ({ words: [minutes = "", number = ""], text, inline }) => {
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
};

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

function commandRow(line: string, inline: (part: string) => string): string {
  const [command = "", words] = line.split(" / ", 2);
  if (words === undefined) {
    throw new StoryError(
      `Expected \`task 1\`, or a command and what it is for, as in \`npm run check 03 / is it done?\`, got \`${line}\`; rewrite it.`,
    );
  }
  return `<li>${inline(words)}<code>${escaped(command)}</code></li>`;
}
