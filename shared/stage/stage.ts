import { eventually } from "#shared/stage/eventually.ts";
import { startTested, testedChapter, fastWeather } from "#shared/stage/tested-chapter.ts";
import type { TestedChapter } from "#shared/stage/tested-chapter.ts";
import type { StagedCourse } from "#shared/workshop/course/task.ts";

/** A running chapter for the checks of its tasks: its processes, the customer's side, and a proxy before each AWS service. */
export interface Stage extends TestedChapter {
  /** An index for `activate` that no check has used yet. */
  newDevice: () => number;
  /** Ends every trouble that a check has made, and lets what is under way end, unless it never does. */
  calm: () => Promise<void>;
  /** Stops all of it, by force if need be. */
  close: () => Promise<void>;
}

interface StageOptions {
  folder: string;
  course: StagedCourse;
  onLine?: (process: string, line: string) => void;
}

// More than all checks of a chapter use, and quick to seed.
const devices = 200;
// It takes two seconds; a participant's copy that never listens must not be waited for as long as a busy bench is.
const readyWithinMs = 10_000;
// Longer than all the time-outs of a request that the chapters know.
const answersWithinMs = 5_000;
const idleWithinMs = 2_000;

/** Starts the chapter for its checks, in weather that is fast and always the same. If it can't, nothing is left running. */
export async function openStage({ folder, course, onLine }: StageOptions): Promise<Stage> {
  const parts = await startTested({
    folder,
    devices,
    readyWithinMs,
    ...(onLine && { onLine }),
    ...course.start,
  });
  const { running, sqs, dynamoDb } = parts;
  const chapter = testedChapter(() => parts, { answersWithinMs });
  const isIdle = async () => {
    const { queues } = await chapter.inspect();
    const waiting = queues.filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
    return waiting.length === 0 && (await running.vendor.openCalls()).length === 0;
  };
  let nextDevice = 0;
  return {
    ...chapter,
    newDevice: () => nextDevice++,
    calm: async () => {
      for (const proxy of [sqs, dynamoDb]) {
        proxy.release();
        proxy.hang(false);
        await proxy.refuse(false);
      }
      await running.vendor.setWeather({ ...fastWeather, ...course.start?.weather });
      await running.aws.deliverTwice(0, [0]);
      await running.setConsumers(true);
      // What a copy never deletes keeps its queue from becoming empty; the next check is to find that out.
      await eventually(isIdle, { withinMs: idleWithinMs }).catch(() => {});
    },
    close: parts.close,
  };
}
