import type { RunningFile } from "#shared/run/remote-control.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import type { Stage } from "#shared/stage/stage.ts";

/** One change of at most 15 lines that a participant makes, and the proof, from outside, that it is made. */
export interface Task<Subject = Stage> {
  /** As in the places of the start file. */
  number: number;
  title: string;
  /** Where it is done, below the chapter's folder, such as "handler.ts". */
  file: string;
  /** A chapter is passed without it. */
  isExtra?: true;
  /** From a nudge to a pointer to the code; one more is shown each time. */
  hints: readonly [string, ...string[]];
  /**
   * Resolves if the chapter does what the task asks for. Rejects with {@link OpenTaskError} if not. Every wait is
   * bounded; a trouble that it has made need not be undone, since the stage is calmed before the next check.
   */
  check: (subject: Subject) => Promise<void>;
}

/** What a participant reads of a task. */
export type TaskText = Omit<Task, "check">;

/** What there is to do in one chapter, in order; the tasks build on each other. */
interface CourseOf<Subject> {
  /** "04" */
  chapter: string;
  tasks: readonly Task<Subject>[];
}

/** The checks start the participant's copy themselves, on a stage. */
export interface StagedCourse extends CourseOf<Stage> {
  looksAt?: "stage";
  /** How the chapter is started for its checks, beside what all have in common. */
  start?: Partial<ChapterOptions>;
}

/** The checks look at what the participant has done to a chapter that runs in another terminal, if one does. */
export interface LiveCourse extends CourseOf<RunningFile | undefined> {
  looksAt: "running";
}

export type Course = StagedCourse | LiveCourse;

/** What a check did and found, each in one sentence without the full stop. */
export interface Finding {
  did: string;
  expected: string;
  saw: string;
  /** Why it matters to the engineer who is paged at night. */
  why: string;
}

/** What was found when a wait ended. */
export interface LateFinding extends Finding {
  /** It can't be undone: more time would not have changed it. */
  isCertain?: true;
}

/** The task isn't done yet; what was found is for the participant to read. */
export class OpenTaskError extends Error {
  override readonly name = "OpenTaskError";
  readonly finding: Finding;
  /** Something had not happened when a wait ended: on a machine with less to do it might have. */
  readonly isLate: boolean;

  constructor(finding: Finding, { isLate = false, ...options }: ErrorOptions & { isLate?: boolean } = {}) {
    super(`Expected ${finding.expected}, saw ${finding.saw}`, options);
    this.finding = finding;
    this.isLate = isLate;
  }
}

/** Nothing can be said about a copy: this machine did not let it be checked. The message is for the participant. */
export class NotJudgedError extends Error {
  override readonly name = "NotJudgedError";
}

/** Leaves the task open, with this finding, unless the condition holds. `isLate`: it was waited for, and in vain. */
export function needs(
  condition: boolean,
  finding: Finding,
  { isLate = false }: { isLate?: boolean } = {},
): asserts condition {
  if (!condition) {
    throw new OpenTaskError(finding, { isLate });
  }
}

/** Gives what was waited for. A wait that is given up leaves the task open, with what is found then. */
export function otherwise<Result>(
  wait: Promise<Result>,
  finding: LateFinding | (() => LateFinding | Promise<LateFinding>),
): Promise<Result> {
  return wait.catch(async (cause: unknown) => {
    const { isCertain = false, ...found } = typeof finding === "function" ? await finding() : finding;
    throw new OpenTaskError(found, { cause, isLate: !isCertain });
  });
}
