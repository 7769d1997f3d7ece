// `npm run hint 04` shows another hint for the first task that has not passed, `npm run hint 04 2` for task 2.
import { placeOf, readBegun, whichChapter } from "./course/mine.ts";
import { readProgress, updateProgress, withHint } from "./course/progress.ts";
import { describeHints, nextTask } from "./course/text.ts";
import { findCourse } from "./course/courses.ts";
import { readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("hint");

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const [word, taskWord, ...more] = words;
  if (more.length > 0) {
    throw new UsageError(`Expected a chapter and a task, got \`${words.join(" ")}\`; write \`${usage}\`.`);
  }
  const { number: chapter } = whichChapter(word);
  const course = findCourse(chapter);
  const task = nextTask(course, readProgress(chapter).passed, taskWord);
  const { hints } = updateProgress(chapter, (progress) => withHint(progress, task));
  const place = readBegun()?.chapter === chapter ? placeOf(task) : task.file;
  console.log(describeHints({ course, task, place, shown: hints[task.number] ?? 1 }).join("\n"));
});
