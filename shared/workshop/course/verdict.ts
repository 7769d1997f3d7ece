import { remembering } from "./check-chapter.ts";
import type { CheckedTask } from "./check-chapter.ts";
import { hasPassedOnce, withChecked } from "./progress.ts";
import type { ChapterProgress } from "./progress.ts";
import { NotJudgedError } from "./task.ts";
import { describeCheck, isPassed } from "./text.ts";
import type { CheckText } from "./text.ts";

interface VerdictOptions extends Omit<CheckText, "checked"> {
  before: ChapterProgress;
  check: () => Promise<readonly CheckedTask[]>;
  keep: (change: (progress: ChapterProgress) => ChapterProgress) => void;
}

interface Verdict {
  lines: string[];
  /** Why the copy can't be judged, in a sentence. */
  complaint?: string;
  /** 0: passed, 1: a task is open, 3: not judged. A wrong command line exits with 2. */
  code: 0 | 1 | 3;
}

/** Runs a check and saves its result. What could not be judged because of this machine changes nothing. */
export async function verdictOf({ before, check, keep, ...text }: VerdictOptions): Promise<Verdict> {
  try {
    const found = await check();
    const checked = found.map((task) => remembering(task, hasPassedOnce(before, task.number)));
    keep((progress) => withChecked(progress, checked));
    return { lines: describeCheck({ ...text, checked }), code: isPassed(checked) ? 0 : 1 };
  } catch (error) {
    if (error instanceof NotJudgedError) {
      return { lines: [""], complaint: error.message, code: 3 };
    }
    throw error;
  }
}
