import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import { endsWithin } from "#shared/run/child-process.ts";
import { invokesFunction } from "#shared/run/outputs.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Figures } from "./state.ts";

const healthWithinMs = 1_000;
/** A promise that is settled already is seen to be so by then. */
const momentMs = 10;

/** Reads everything that can be read at this moment. What doesn't answer is left out; nothing is thrown. */
export async function readFigures(running: RunningChapter): Promise<Figures> {
  const { outputs, inspectUrl, vendor } = running;
  const [inspection, summary, weather, up] = await Promise.all([
    orNothing(readInspection(inspectUrl, "without")),
    orNothing(vendor.summary()),
    orNothing(vendor.weather()),
    whoIsUp(running),
  ]);
  const queueAt = (url: string | undefined) => inspection?.queues.find((queue) => queue.url === url);
  const queue = invokesFunction(outputs) ? insideOfLambda(inspection) : queueAt(outputs["QUEUE_URL"]);
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

/** What waits there no account sees on AWS; here it stands in the place of the queue. */
function insideOfLambda(inspection: Inspection | undefined) {
  const events = inspection?.functions.map(({ asyncEvents }) => asyncEvents);
  const sum = (of: "waiting" | "running") => events?.reduce((total, each) => total + each[of], 0) ?? 0;
  return events && { visible: sum("waiting"), inFlight: sum("running"), delayed: 0 };
}

async function whoIsUp(running: RunningChapter): Promise<{ isApiUp: boolean; isWorkerUp: boolean }> {
  if (await endsWithin(running.whenReady(), momentMs)) {
    return { isApiUp: true, isWorkerUp: true };
  }
  // One of the two is on its way: if the API answers, it is the other.
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
