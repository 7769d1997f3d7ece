import { isPassed } from "#shared/workshop/course/text.ts";
import type { CommandName, Commands } from "./commands.ts";
import { helpPage } from "./keys.ts";
import { isMeasured, measureArguments, runArgument } from "./path.ts";
import { leaveQuestion, predictQuestion } from "./questions.ts";
import type { Question } from "./questions.ts";
import type { Session } from "./session.ts";

interface ActionOptions {
  session: Session;
  commands: Commands;
  /** Lets a command have the terminal. Where `waits` says so, what it wrote and these last lines can be read before it ends. */
  inTerminal: (
    name: CommandName,
    args: readonly string[],
    waits: (code: number) => boolean,
    last?: readonly string[],
  ) => Promise<number>;
  say: (...lines: string[]) => void;
  show: (page: readonly string[]) => void;
  ask: (question: Question) => void;
  leave: () => void;
}

const liveCheckEveryMs = 3_000;
const exitCodeOfCtrlC = 130;

/** What a key does; one that has no meaning does nothing, and one that has none here says why. */
export function createActions(options: ActionOptions): (key: string) => Promise<void> {
  const { session, commands, inTerminal, say, show, ask, leave } = options;
  const skipped = new Set<string>();

  const afterGuess = async (goOn: () => Promise<void>) => {
    const { chapter, prediction } = session.place;
    const { guess, did = [] } = session.progress();
    const isKnown = guess !== undefined || did.length > 0 || skipped.has(chapter.number);
    if (prediction === undefined || isKnown) {
      await goOn();
      return;
    }
    ask(
      predictQuestion(prediction, async (letter) => {
        if (letter === undefined) {
          skipped.add(chapter.number);
        } else {
          session.keep((progress) => ({ ...progress, guess: letter }));
        }
        await goOn();
      }),
    );
  };

  const run = async () => {
    const { chapter, course } = session.place;
    // Here the tasks are about what is done to the running chapter: when it is stopped, there is nothing to look at.
    const checks =
      course?.looksAt === "running" && setInterval(() => void session.check(true), liveCheckEveryMs);
    try {
      const failed = (code: number) => code !== 0 && code !== exitCodeOfCtrlC;
      // The pharmacy ends by itself, and its screen is to be read.
      const waits = (code: number) => failed(code) || !isMeasured(chapter);
      const code = await inTerminal("chapter", [runArgument(chapter)], waits);
      if (!failed(code)) {
        session.done("run");
      }
    } finally {
      clearInterval(checks || undefined);
    }
  };

  const measure = async () => {
    const { chapter, course } = session.place;
    const args = measureArguments(chapter, course);
    const { guess } = session.state();
    // Beside a participant's own version the benchmark says it by itself.
    const last = guess === undefined || args.includes("mine") ? [] : [`GUESS   ${guess}`];
    const code = await session.quietly(() => inTerminal("bench", ["day", ...args], () => true, last));
    if (code === 0) {
      session.done("measure");
    }
  };

  const beginNext = async () => {
    const { chapter, next, hasCopy } = session.place;
    const target = hasCopy || !isMeasured(chapter) ? next : chapter;
    if (target === undefined) {
      say("07 was the last chapter: `npm run bench` measures all of them, `npm run bench:storm` in a storm.");
      return;
    }
    const begin = async () => {
      say(`Beginning ${target.number} ...`);
      const { lines } = await commands.read("begin", [target.number]);
      session.arrive();
      say(...lines.slice(0, 2));
      void session.check(true);
    };
    const { tasks } = session.state();
    const left = tasks.filter(({ state, isExtra }) => state !== "done" && isExtra !== true);
    if (isPassed(tasks) || target === chapter) {
      await begin();
    } else {
      ask(leaveQuestion(chapter.number, target.number, left, begin));
    }
  };

  const actions: Record<string, () => Promise<void> | void> = {
    q: leave,
    c: () => void session.check(true),
    h: () => show(session.hint()),
    d: () => inTerminal("diff", [session.place.chapter.number, "mine"], () => true).then(() => {}),
    r: () => afterGuess(run),
    m: () => afterGuess(measure),
    n: beginNext,
    "?": () => show(helpPage(session.place)),
  };

  return async (key) => {
    const { chapter, hasCopy, course } = session.place;
    const isLive = course?.looksAt === "running";
    const isPharmacy = !isMeasured(chapter);
    const needsCopy = (key === "c" && !isLive) || key === "d" || (key === "r" && !isPharmacy);
    if (isPharmacy && ["c", "d", "m"].includes(key)) {
      say("At the pharmacy there is nothing to change or to measure: r runs it, n goes on.");
    } else if (needsCopy && !hasCopy) {
      say(`There is no copy of ${chapter.number} in mine/ yet: n makes one.`);
    } else if (key === "c" && course === undefined) {
      say(`${chapter.number} has no tasks: read, guess, run, measure.`);
    } else if (Object.hasOwn(actions, key)) {
      await actions[key]?.();
    }
  };
}
