import type { Discarded, SweepPlan } from "#shared/results.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { OpenLoopResult, Sender } from "../load/sender.ts";
import { customersIn } from "../plan/arrivals.ts";
import { atRate, clearUp } from "./rate.ts";
import type { RateResult } from "./rate.ts";
import { customersOfSweep, warmUp } from "./start.ts";

interface SweepOptions {
  plan: SweepPlan;
  seed: number;
  /** Started for its sweep; it is stopped here. */
  running: ReachableChapter;
  sender: Sender;
  onStage: (stage: string) => void;
  /** Each rate as soon as it is measured, so that the earlier ones are kept if a later one is interrupted. */
  onRate: (rate: RateResult) => void;
  /** How often a doubtful rate is measured again at most, at once. */
  mostRepeats: number;
  /** Why what was sent is not reliable. Empty if it is. */
  doubtsIn: (sent: OpenLoopResult) => string[];
  signal: AbortSignal;
}

/** Measures a chapter at one arrival rate after the other, each beginning with nothing left to do. */
export async function sweepThrough(options: SweepOptions): Promise<void> {
  const { plan, running, sender, onStage, onRate, mostRepeats, doubtsIn, signal } = options;
  try {
    signal.throwIfAborted();
    onStage("warming up");
    await warmUp({
      running,
      sender,
      firstDevice: customersOfSweep(plan, mostRepeats),
      repeats: plan.warmUpRepeats,
      signal,
    });
    let firstDevice = 0;
    for (const phase of plan.phases) {
      const discarded: Discarded[] = [];
      for (let isLast = false; !isLast;) {
        onStage(`${phase.perSecond} a second`);
        const rate = await atRate(phase, firstDevice, { ...options, drainMs: plan.drainMs });
        firstDevice += customersIn(phase);
        const reasons = doubtsIn(rate.sent);
        isLast = reasons.length === 0 || discarded.length === mostRepeats;
        if (isLast) {
          onRate({ ...rate, ...(discarded.length > 0 && { discarded }) });
        } else {
          discarded.push({ reasons });
        }
        onStage("clearing up");
        await clearUp(options);
      }
    }
  } finally {
    await running.stop();
  }
}
