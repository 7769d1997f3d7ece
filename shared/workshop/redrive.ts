// `npm run redrive 05` brings back what a running chapter has set aside, with the chapter's redrive.ts.
import { findChapter, readParts } from "#shared/run/chapters.ts";
import { runRedrive } from "#shared/run/chapter-processes.ts";
import { needRunning } from "#shared/run/remote-control.ts";
import { needWords, readCommand, runCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

const usage = usageOf("redrive");

runCommand(async (argv, env) => {
  const { words } = readCommand({ usage }, argv, env);
  const [word] = needWords(words, ["a chapter"], usage);
  const chapter = findChapter(word);
  if (!readParts(chapter).hasRedrive) {
    throw new UsageError(
      `Chapter ${chapter.number} has no redrive.ts: it sets nothing aside that could be brought back.`,
    );
  }
  const { environment, outputs, inspectUrl } = await needRunning(chapter);
  console.log(await runRedrive({ folder: chapter.folder, environment: { ...environment, ...outputs } }));
  console.log(`Watch both queues:\n  ${inspectUrl}/`);
});
