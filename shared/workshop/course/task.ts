import type { RunningFile } from "#shared/run/remote-control.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import type { Stage } from "#shared/stage/stage.ts";

/** A change of at most 15 lines that a participant makes, and its check from outside. */
export interface Task<Subject = Stage> {
  /** As in the places of the start file. */
  number: number;
  title: string;
  /** The file to change, relative to the chapter's folder, such as "handler.ts". */
  file: string;
  /** The chapter can be passed without it. */
  isExtra?: true;
  /** From a nudge to a pointer to the code. Each call shows one more. */
  hints: readonly [string, ...string[]];
  /**
   * Resolves if the chapter does what the task asks for, otherwise rejects with {@link OpenTaskError}. Every wait is bounded. It
   * needn't undo the trouble it causes, since the stage is reset before the next check.
   */
  check: (subject: Subject) => Promise<void>;
}

/** The texts of a task for the participant. */
export type TaskText = Omit<Task, "check">;

/** The tasks of one chapter in order. They build on each other. */
interface CourseOf<Subject> {
  /** "04" */
  chapter: string;
  tasks: readonly Task<Subject>[];
}

/** A course whose checks start the participant's copy themselves, on a stage. */
export interface StagedCourse extends CourseOf<Stage> {
  looksAt?: "stage";
  /** How to start the chapter for its checks, besides the settings that all share. */
  start?: Partial<ChapterOptions>;
}

/** A course whose checks look at a chapter that the participant runs in another terminal. */
export interface LiveCourse extends CourseOf<RunningFile | undefined> {
  looksAt: "running";
}

export type Course = StagedCourse | LiveCourse;

/** What a check did and found, each in one sentence without a full stop. */
export interface Finding {
  did: string;
  expected: string;
  saw: string;
  /** Why it matters to the engineer who is paged at night. */
  why: string;
}

/** What was found when a wait ended. */
export interface LateFinding extends Finding {
  /** It can't change any more: a longer wait would have found the same. */
  isCertain?: true;
}

/** The task isn't done yet. The participant reads the finding. */
export class OpenTaskError extends Error {
  override readonly name = "OpenTaskError";
  readonly finding: Finding;
  /** A wait ran out. On a less busy machine it might have succeeded. */
  readonly isLate: boolean;

  constructor(finding: Finding, { isLate = false, ...options }: ErrorOptions & { isLate?: boolean } = {}) {
    super(`Expected ${finding.expected}, saw ${finding.saw}`, options);
    this.finding = finding;
    this.isLate = isLate;
  }
}

/** The copy can't be judged, because of this machine. The message is for the participant. */
export class NotJudgedError extends Error {
  override readonly name = "NotJudgedError";
}

/** Leaves the task open with this finding unless the condition holds. `isLate`: it was waited for until the time ran out. */
export function needs(
  condition: boolean,
  finding: Finding,
  { isLate = false }: { isLate?: boolean } = {},
): asserts condition {
  if (!condition) {
    throw new OpenTaskError(finding, { isLate });
  }
}

/** Returns what was waited for. If the wait is given up, leaves the task open with what is found then. */
export function otherwise<Result>(
  wait: Promise<Result>,
  finding: LateFinding | (() => LateFinding | Promise<LateFinding>),
): Promise<Result> {
  return wait.catch(async (cause: unknown) => {
    const { isCertain = false, ...found } = typeof finding === "function" ? await finding() : finding;
    throw new OpenTaskError(found, { cause, isLate: !isCertain });
  });
}
