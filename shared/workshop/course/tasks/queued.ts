import type { Stage } from "#shared/stage/stage.ts";

/** Activations whose messages wait together, since nobody polled the queue while they were asked for. */
export async function fillQueue(stage: Stage, count: number): Promise<{ index: number; eventId: string }[]> {
  await stage.running.setConsumers(false);
  const asked = Array.from({ length: count }, () => stage.newDevice());
  return await Promise.all(
    asked.map(async (index) => ({ index, eventId: String((await stage.activate(index)).body["eventId"]) })),
  );
}

/** Whether a queue of the chapter, or the one that `queueUrl` names, has the message of an activation. */
export async function isQueued(stage: Stage, eventId: string, queueUrl?: string): Promise<boolean> {
  const { queues } = await stage.inspect();
  return queues
    .filter(({ url }) => queueUrl === undefined || url === queueUrl)
    .flatMap(({ messages }) => messages)
    .some(({ body }) => body.includes(eventId));
}

/** Whether the function has answered all that it was called for. */
export async function isIdle(stage: Stage): Promise<boolean> {
  const { functions } = await stage.inspect();
  return functions.every(({ environments }) => environments.every(({ state }) => state === "idle"));
}

/** The name of the table of tickets. */
export const tableOf = (stage: Stage): string => stage.running.outputs["ACTIVATIONS_TABLE"] ?? "";
