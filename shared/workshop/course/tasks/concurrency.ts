import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { deviceAt } from "#shared/devices.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { OpenTaskError } from "#shared/workshop/course/task.ts";
import { clientsOf } from "./clients.ts";

// The template's: five environments with four messages each.
const vendorsCapacity = 20;
// The first batches end after the vendor's timeout: there must be more until the last environment has started.
const waiting = 80;
const mostInOneSend = 10;
const reachedWithinMs = 8_000;
const watchedMs = 1_000;
const lookEveryMs = 20;

/** Counts how many messages are in work at once while more wait than the vendor can serve. */
export async function fitTheVendor(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  await stage.running.setConsumers(false);
  await sendMany(stage, waiting);
  await vendor.setWeather({ hold: true });
  await stage.running.setConsumers(true);
  const did = `let ${waiting} messages wait for a vendor that works on ${vendorsCapacity} calls at once`;
  // Not the vendor's open calls: those go on there though the function has given them up.
  const inWork = async () => {
    const { functions } = await stage.inspect();
    return functions.flatMap(({ environments }) => environments).flatMap(({ bodies }) => bodies).length;
  };
  let most = 0;
  const look = async () => {
    await sleep(lookEveryMs);
    most = Math.max(most, await inWork());
  };
  const reachedUntilMs = performance.now() + reachedWithinMs;
  while (most < vendorsCapacity && performance.now() < reachedUntilMs) {
    await look();
  }
  // One environment too many starts a moment later.
  const watchedUntilMs = performance.now() + watchedMs;
  while (most <= vendorsCapacity && performance.now() < watchedUntilMs) {
    await look();
  }
  if (most < vendorsCapacity) {
    throw new OpenTaskError({
      did,
      expected: `${vendorsCapacity} messages in work at once`,
      saw: `${most} at most: MaximumConcurrency times BatchSize`,
      why: "the vendor could do more, and the customers wait for nothing",
    });
  }
  if (most > vendorsCapacity) {
    throw new OpenTaskError({
      did,
      expected: `${vendorsCapacity} messages in work at once, and no more`,
      saw: `${most} at once: more environments than the vendor can serve`,
      why: "what stands in the vendor's line runs into time-outs, or is told 429, and comes back as still more load",
    });
  }
}

async function sendMany(stage: Stage, count: number): Promise<void> {
  const { sqs } = clientsOf(stage.running);
  const entries = Array.from({ length: count }, (_, at) => ({
    Id: String(at),
    MessageBody: JSON.stringify({
      eventId: randomUUID(),
      macAddress: deviceAt(stage.newDevice()).macAddress,
    }),
  }));
  for (let from = 0; from < count; from += mostInOneSend) {
    const some = entries.slice(from, from + mostInOneSend);
    await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: stage.running.outputs["QUEUE_URL"], Entries: some }),
    );
  }
}
