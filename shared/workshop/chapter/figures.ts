import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import { endsWithin } from "#shared/run/child-process.ts";
import { invokesFunction } from "#shared/run/running-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";

/** What the screen reads again and again. A part that couldn't be read is left out. */
export interface Figures {
  queue?: { visible: number; inFlight: number; delayed: number };
  setAside?: number;
  /** Execution environments that are alive. */
  environments?: number;
  vendor?: { calls: number; provisioned: number; doubled: number; open: number; inLine: number };
  weather?: { outage: boolean; poisoned: number };
  isApiUp: boolean;
  isWorkerUp: boolean;
}

const healthWithinMs = 1_000;
// Long enough to see whether a promise is settled already.
const momentMs = 10;

/** Reads everything that can be read at this moment. What doesn't answer is left out. Never throws. */
export async function readFigures(running: RunningChapter): Promise<Figures> {
  const { outputs, inspectUrl, vendor } = running;
  const [inspection, summary, weather, up] = await Promise.all([
    orNothing(readInspection(inspectUrl, "without")),
    orNothing(vendor.summary()),
    orNothing(vendor.weather()),
    whoIsUp(running),
  ]);
  const queueAt = (url: string | undefined) => inspection?.queues.find((queue) => queue.url === url);
  const queue = invokesFunction(running) ? insideOfLambda(inspection) : queueAt(outputs["QUEUE_URL"]);
  const deadLetters = queueAt(outputs["DEAD_LETTER_QUEUE_URL"]);
  return {
    ...up,
    ...(queue && { queue: { visible: queue.visible, inFlight: queue.inFlight, delayed: queue.delayed } }),
    ...(deadLetters && { setAside: deadLetters.visible + deadLetters.inFlight }),
    ...(inspection && {
      environments: inspection.functions.reduce((sum, { environments }) => sum + environments.length, 0),
    }),
    ...(summary && { vendor: summary }),
    ...(weather && { weather: { outage: weather.outage, poisoned: weather.poison.length } }),
  };
}

/** Lambda's own queue, which takes the place of SQS here. On AWS it can't be seen. */
function insideOfLambda(inspection: Inspection | undefined) {
  const events = inspection?.functions.map(({ asyncEvents }) => asyncEvents);
  const sum = (of: "waiting" | "running") => events?.reduce((total, each) => total + each[of], 0) ?? 0;
  return events && { visible: sum("waiting"), inFlight: sum("running"), delayed: 0 };
}

async function whoIsUp(running: RunningChapter): Promise<{ isApiUp: boolean; isWorkerUp: boolean }> {
  if (await endsWithin(running.whenReady(), momentMs)) {
    return { isApiUp: true, isWorkerUp: true };
  }
  // The API or the worker is starting again: if the API answers, it is the worker.
  const health = await orNothing(
    fetch(new URL("/healthz", running.apiUrl), { signal: AbortSignal.timeout(healthWithinMs) }),
  );
  await health?.body?.cancel();
  return { isApiUp: health?.ok === true, isWorkerUp: health?.ok !== true };
}

async function orNothing<Result>(promise: Promise<Result>): Promise<Result | undefined> {
  try {
    return await promise;
  } catch {
    return undefined;
  }
}
