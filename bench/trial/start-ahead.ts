import type { RunningChapter, StartChapter } from "./running.ts";
import type { Sender } from "../load/open-loop/sender.ts";
import { startFor } from "./steps.ts";
import type { Step } from "./steps.ts";
import { warmUpFor } from "./trial.ts";

interface AheadOptions {
  start: StartChapter;
  seed: number;
  log: (name: string, line: string) => void;
  sender: Sender;
  signal: AbortSignal;
}

/** A chapter that runs, for a step. */
export interface Started {
  running: RunningChapter;
  isWarm: boolean;
}

/**
 * Starts what comes next while a step ends. For a day or a lab's plan it is warmed up as well: nobody else uses the sender
 * then. Rejects with nothing left running.
 */
export async function startAhead(step: Step, options: AheadOptions): Promise<Started> {
  const running = await startFor(step, options);
  // The storm's load is heavy until its end: warming up beside it would disturb both.
  if (step.kind === "storm" || step.kind === "sweep" || step.kind === "closed loop") {
    return { running, isWarm: false };
  }
  try {
    await warmUpFor(step.plan, { ...options, running });
    return { running, isWarm: true };
  } catch (error) {
    await running.stop();
    throw error;
  }
}
