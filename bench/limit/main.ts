// The highest arrival rate at which both clocks keep a promise: `npm run limit 04`, or for any URL by its answers alone.
import { onStopSignal, runCommand } from "#shared/command.ts";
import type { Limit } from "#shared/limit.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import { sayHowItEnded } from "../ending.ts";
import { makeResultsFolder } from "../folder.ts";
import { expectServer } from "../load/connection.ts";
import { startSender } from "../load/sender.ts";
import type { Sender } from "../load/sender.ts";
import { describeMachine, giveWayToSender } from "../machine.ts";
import { createProgress } from "../telling/progress.ts";
import { limitOfChapter } from "./chapter.ts";
import { limitOfUrl } from "./url.ts";
import { readLimitWish } from "./wish.ts";
import type { LimitWish } from "./wish.ts";

// The warning would appear in the middle of the screen, and these versions are tested together.
// oxlint-disable-next-line node/no-process-env -- the SDK looks for it nowhere else
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const secondsOfEach = 85;

/** One limit to search for. */
interface Search {
  name: string;
  find: (options: {
    sender: Sender;
    onStage: (stage: string) => void;
    signal: AbortSignal;
  }) => Promise<Limit>;
}

runCommand(async (argv, env) => {
  const wish = readLimitWish(argv, env);
  if (wish.url !== undefined) {
    await expectServer(wish.url.target.url);
  }
  const startedAt = new Date();
  const folder = await makeResultsFolder(wish.out, startedAt);
  const stop = new AbortController();
  const letEnd = onStopSignal(() => stop.abort(new Error("stopped by Ctrl-C")));
  const searches = searchesOf(wish, folder.log);
  const progress = createProgress(
    searches.map(({ name }) => ({ name, seconds: secondsOfEach })),
    process.stderr,
  );
  progress.say(`Ctrl-C stops and keeps what is finished. Logs: ${folder.shown("logs")}`);

  const describing = describeMachine();
  const sender = await startSender();
  giveWayToSender();
  // The charts' code takes a second or two to load: do that while the first chapter starts.
  const publishing = import("./publish.ts");
  const limits: Limit[] = [];
  const failures: string[] = [];
  for (const [at, { name, find }] of searches.entries()) {
    if (stop.signal.aborted) {
      break;
    }
    progress.begin(at);
    try {
      limits.push(await find({ sender, onStage: progress.stage, signal: stop.signal }));
    } catch (error) {
      if (!stop.signal.aborted) {
        failures.push(
          `${name}: ${error instanceof Error ? error.message : String(error)}`.replace(/\.?$/, "."),
        );
      }
    }
  }
  await sender.stop();
  progress.end();
  letEnd();

  if (limits.length > 0) {
    const { publishLimits } = await publishing;
    const complete = !stop.signal.aborted && failures.length === 0;
    await publishLimits({ wish, limits, startedAt, complete, environment: await describing }, folder);
  }
  sayHowItEnded({ failures, isStopped: stop.signal.aborted, isKept: limits.length > 0 });
});

function searchesOf({ chapters, url, seed }: LimitWish, log: (name: string, line: string) => void): Search[] {
  const ofUrl = url && {
    name: url.target.url.href,
    find: (options: Parameters<Search["find"]>[0]) => limitOfUrl({ ...options, ...url, seed }),
  };
  return [
    ...chapters.map(({ row, promised }): Search => ({
      name: row.label,
      find: (options) => limitOfChapter({ ...options, row, promised, seed, start: startChapter, log }),
    })),
    ...(ofUrl ? [ofUrl] : []),
  ];
}
