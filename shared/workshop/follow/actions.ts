import { exitCodeOfCtrlC } from "#shared/command.ts";
import { isPassed } from "../course/text.ts";
import type { CommandName, Commands } from "./commands.ts";
import { isMeasured, measureArguments, runArgument } from "./path.ts";
import type { Session } from "./session.ts";
import { helpPage, leaveQuestion, predictQuestion } from "./draw.ts";
import type { Question } from "./draw.ts";

interface ActionsOptions {
  session: Session;
  commands: Commands;
  /** Gives the terminal to a command. If `waits` is true for its exit code, its output stays until a key is pressed. */
  inTerminal: (
    name: CommandName,
    args: readonly string[],
    waits: (code: number) => boolean,
  ) => Promise<number>;
  say: (...lines: string[]) => void;
  show: (page: readonly string[]) => void;
  ask: (question: Question) => void;
  leave: () => void;
}

const liveCheckEveryMs = 3_000;
const failed = (code: number) => code !== 0 && code !== exitCodeOfCtrlC;

/** What the workshop's keys do. */
export class Actions {
  readonly #options: ActionsOptions;
  /** Chapters whose question was skipped. */
  readonly #skipped = new Set<string>();

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** Does what the key stands for. An unknown key does nothing, and one that has no meaning here says why. */
  async press(key: string): Promise<void> {
    const { session, say, show, leave } = this.#options;
    const { chapter, hasCopy, course } = session.place;
    const isPharmacy = !isMeasured(chapter);
    const needsCopy =
      (key === "c" && course?.looksAt !== "running") ||
      key === "d" ||
      (key === "r" && !isPharmacy) ||
      key === "y";
    if (isPharmacy && ["c", "d", "m", "y"].includes(key)) {
      say("At the pharmacy there is nothing to change or to measure: r runs it, n goes on.");
      return;
    }
    if (needsCopy && !hasCopy) {
      say(`There is no copy of ${chapter.number} in mine/ yet: n makes one.`);
      return;
    }
    switch (key) {
      case "q":
        return leave();
      case "c":
        return course === undefined
          ? say(`${chapter.number} has no tasks: read, guess, run, measure.`)
          : void session.check(true);
      case "h":
        return show(session.hint());
      case "d":
        await this.#options.inTerminal("diff", [chapter.number, "mine"], () => true);
        return;
      case "r":
        return await this.#afterGuess(() => this.#run(runArgument(chapter, session.state().steps)));
      case "y":
        return await this.#afterGuess(() => this.#run("mine"));
      case "m":
        return await this.#afterGuess(() => this.#measure());
      case "n":
        return await this.#beginNext();
      case "?":
        return show(helpPage(session.place, session.state().steps));
    }
  }

  /** Asks for a guess first, unless there is one, it was skipped, or a run has shown the answer. */
  async #afterGuess(goOn: () => Promise<void>): Promise<void> {
    const { session, ask } = this.#options;
    const { chapter, prediction } = session.place;
    const { guess, did = [] } = session.progress();
    if (
      prediction === undefined ||
      guess !== undefined ||
      did.length > 0 ||
      this.#skipped.has(chapter.number)
    ) {
      await goOn();
      return;
    }
    ask(
      predictQuestion(prediction, async (letter) => {
        if (letter === undefined) {
          this.#skipped.add(chapter.number);
        } else {
          session.keep((progress) => ({ ...progress, guess: letter }));
        }
        await goOn();
      }),
    );
  }

  async #run(which: string): Promise<void> {
    const { session, inTerminal } = this.#options;
    const { chapter, course } = session.place;
    // These tasks are about what you do to the running chapter: once it has stopped, there is nothing to check.
    const checks =
      course?.looksAt === "running"
        ? setInterval(() => void session.check(true), liveCheckEveryMs)
        : undefined;
    try {
      // The pharmacy ends by itself, and you want to read its last screen.
      const waits = (code: number) => failed(code) || !isMeasured(chapter);
      const code = await inTerminal("chapter", [which], waits);
      if (!failed(code)) {
        session.done("run");
      }
    } finally {
      clearInterval(checks);
    }
  }

  async #measure(): Promise<void> {
    const { session, inTerminal } = this.#options;
    const { chapter, course } = session.place;
    const args = measureArguments(chapter, course);
    const code = await session.quietly(() => inTerminal("bench", ["day", ...args], () => true));
    if (code === 0) {
      session.done("measure");
    }
  }

  async #beginNext(): Promise<void> {
    const { session, say, ask } = this.#options;
    const { chapter, next, hasCopy } = session.place;
    const target = hasCopy || !isMeasured(chapter) ? next : chapter;
    if (target === undefined) {
      say("07 was the last chapter: `npm run bench` measures all of them, `npm run bench:storm` in a storm.");
      return;
    }
    if (session.state().checkingForMs !== undefined) {
      say("A check is under way: this waits for what it finds ...");
      await session.checked();
    }
    const { tasks } = session.state();
    if (isPassed(tasks) || target === chapter) {
      await this.#begin(target.number);
    } else {
      const left = tasks.filter(({ state, isExtra }) => state !== "done" && isExtra !== true);
      ask(leaveQuestion(chapter.number, target.number, left, () => this.#begin(target.number)));
    }
  }

  async #begin(chapter: string): Promise<void> {
    const { session, commands, say } = this.#options;
    say(`Beginning ${chapter} ...`);
    const { lines } = await commands.read("begin", [chapter]);
    session.arrive();
    say(...lines.slice(0, 2));
    void session.check(true);
  }
}
