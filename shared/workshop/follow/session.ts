import { isDeepStrictEqual } from "node:util";
import { describeHints, nextTask } from "../course/text.ts";
import { placeOf } from "../course/mine.ts";
import { readProgress, updateProgress, withChecked, withHint } from "../course/progress.ts";
import type { ChapterProgress } from "../course/progress.ts";
import { createChecker } from "./checker.ts";
import type { Checker } from "./checker.ts";
import type { FollowState } from "./draw.ts";
import { findPlace, pathOfChapters, stepsOf } from "./path.ts";
import type { CoursePlace } from "./path.ts";

export interface SessionOptions {
  /** The participant's copy. */
  mine: string;
  /** The folder with the progress. */
  kept: string;
  /** Called when something to show has changed. */
  onChange: () => void;
  /** Shows the participant a sentence. */
  say: (sentence: string) => void;
}

/** A participant in a chapter: the place, the progress and the tasks, for the screen or for plain lines. */
export class Session {
  readonly #options: SessionOptions;
  #place: CoursePlace;
  #checker: Checker | undefined;
  #isQuiet = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#place = this.#findPlace();
  }

  get place(): CoursePlace {
    return this.#place;
  }

  progress(chapter = this.#place.chapter.number): ChapterProgress {
    return readProgress(chapter, this.#where());
  }

  /** Changes the saved progress of the present chapter. */
  keep(change: (progress: ChapterProgress) => ChapterProgress): ChapterProgress {
    return updateProgress(this.#place.chapter.number, change, this.#where());
  }

  done(step: "run" | "measure"): void {
    this.keep((progress) => ({ ...progress, did: [...new Set([...(progress.did ?? []), step])] }));
  }

  state(): Omit<FollowState, "note" | "keys" | "page"> {
    const progress = this.progress();
    const { prediction } = this.#place;
    const choice = prediction?.choices.find(({ letter }) => letter === progress.guess);
    const sinceMs = this.#checker?.checkingSinceMs();
    const checkedAtMs = this.#checker?.checkedAtMs();
    return {
      place: this.#place,
      chapters: pathOfChapters().map(({ number }) => number),
      steps: stepsOf(this.#place, progress),
      ...(choice && { guess: `${choice.letter}) ${choice.text}` }),
      tasks: this.#checker?.tasks() ?? [],
      placeOf: (task) => placeOf(task, this.#options.mine),
      ...(sinceMs !== undefined && { checkingForMs: Date.now() - sinceMs }),
      ...(checkedAtMs !== undefined && { checkedAtMs }),
    };
  }

  /** Finds out where the participant is now: they may have begun another chapter, here or in another terminal. */
  arrive(): void {
    const before = this.#place;
    this.#place = this.#findPlace();
    const { chapter, course, hasCopy } = this.#place;
    const isSame = before.chapter.number === chapter.number && before.hasCopy === hasCopy;
    if (this.#isQuiet || (isSame && this.#checker !== undefined)) {
      return;
    }
    this.#checker?.close();
    this.#checker = course && this.#createChecker(course);
    this.#options.onChange();
  }

  /** Called when a file was saved. */
  saved(): void {
    this.arrive();
    void this.check(false);
  }

  /** Checks the tasks, if there are any and there is something to check. */
  async check(all: boolean): Promise<void> {
    const { course, hasCopy } = this.#place;
    if (!this.#isQuiet && (hasCopy || course?.looksAt === "running")) {
      await this.#checker?.check(all);
    }
  }

  /** Resolves when no check is running. */
  async checked(): Promise<void> {
    await this.#checker?.settled();
  }

  /** Runs no check until `work` is done: a check would disturb a measurement. */
  async quietly<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#isQuiet = true;
    this.#checker?.close();
    this.#checker = undefined;
    try {
      return await work();
    } finally {
      this.#isQuiet = false;
      this.arrive();
      void this.check(false);
    }
  }

  /** Another hint for the first task that has not passed. Throws a `UsageError` if there is none. */
  hint(): string[] {
    const { course } = this.#place;
    if (course === undefined) {
      return [`${this.#place.chapter.number} has no tasks, and so no hints.`];
    }
    const task = nextTask(course, this.progress().passed, undefined);
    const { hints } = this.keep((progress) => withHint(progress, task));
    const place = placeOf(task, this.#options.mine);
    return describeHints({ course, task, place, shown: hints[task.number] ?? 1 });
  }

  close(): void {
    this.#checker?.close();
  }

  #createChecker(course: NonNullable<CoursePlace["course"]>): Checker {
    const checker: Checker = createChecker({
      course,
      folder: this.#options.mine,
      passed: this.progress().passed,
      onTrouble: this.#options.say,
      onChange: () => {
        this.#keepPassed(checker);
        this.#options.onChange();
      },
    });
    return checker;
  }

  /** Saves what the last check found, and keeps what it did not look at, so that you can go on to other tasks and chapters. */
  #keepPassed(checker: Checker): void {
    const progress = this.progress();
    if (!isDeepStrictEqual(withChecked(progress, checker.tasks()), progress)) {
      this.keep((kept) => withChecked(kept, checker.tasks()));
    }
  }

  #findPlace(): CoursePlace {
    return findPlace(this.#options.mine, (chapter) => this.progress(chapter));
  }

  #where() {
    return { folder: this.#options.kept, tell: this.#options.say };
  }
}
