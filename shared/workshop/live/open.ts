// A chapter that runs for the live page.
import type { Chapter } from "#shared/run/chapters.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { openLogFile } from "../chapter/log.ts";
import { openToOthers } from "../chapter/open.ts";
import { LiveSession } from "./session.ts";

// Twenty customers a second for ten minutes, and some more.
const devices = 13_000;

/** Starts a chapter for the live page. Other terminals find it, too. */
export async function openLive(
  chapter: Chapter,
  say: (line: string) => void,
): Promise<{ session: LiveSession; close: () => Promise<void> }> {
  const logFile = openLogFile(chapter.number, say);
  const running = await startChapter({
    folder: chapter.folder,
    devices,
    trace: "customers",
    onLine: logFile.write,
  });
  const session = await LiveSession.open({
    chapter,
    running,
    devices,
    logFile: logFile.name,
    say: (...lines) => say(lines.join(" ")),
  });
  const others = await openToOthers(running, chapter.number, async (command) => {
    const lines = await session.carryOut(command);
    if (command.kind !== "hello" && command.kind !== "history") {
      say(`${chapter.number}  From another terminal: ${lines[0] ?? command.kind}`);
    }
    return lines;
  });
  return {
    session,
    close: async () => {
      session.stop();
      await others.close();
      await running.stop();
      await logFile.close();
    },
  };
}
