import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { deviceAt } from "#shared/devices.ts";
import type { InspectedFunction } from "#shared/local-aws/inspection.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { fillQueue, isIdle, isQueued, sendMessages } from "./queue-and-table.ts";

export const course: Course = {
  chapter: "04",
  // Long enough that nothing comes back during a check.
  start: { parameters: { VisibilityTimeoutSeconds: "30" } },
  tasks: [
    {
      number: 1,
      title: "work on the whole batch at once",
      file: "handler.ts",
      hints: [
        "Lambda gives you up to four messages in one call. Who waits while you work on the first?",
        "Start the work on all of them, then wait for all. The function must not return before the last one ends.",
        "`records.map(settle)` starts them all and returns their promises. `settle` catches its errors.",
        "Put `await Promise.all(...)` around that map. Without the `await`, the function returns at once, and Lambda deletes messages whose work isn't done.",
      ],
      check: wholeBatch,
    },
    {
      number: 2,
      title: "name the messages that failed",
      file: "handler.ts",
      hints: [
        "One of four fails. What should happen to the other three, which the vendor has billed already?",
        "If you throw, all have failed; if you say nothing, none has. There is a third way: what the function returns.",
        "The function returns `batchItemFailures`, a list of `{ itemIdentifier }`. ReportBatchItemFailures in template.yaml switches that on.",
        "In the `catch`, push `{ itemIdentifier: record.messageId }` instead of throwing. If Lambda doesn't know an identifier, it repeats the whole batch.",
      ],
      check: nameFailures,
    },
    {
      number: 3,
      title: "as many environments as the vendor can bear",
      file: "template.yaml",
      hints: [
        "How many calls does the vendor work on at once? How many messages does one environment have?",
        "Calls at once = environments x messages in each batch. ScalingConfig limits the environments.",
        "The vendor works on 20 calls at once, and BatchSize is 4. Change the number after MaximumConcurrency.",
      ],
      check: fitTheVendor,
    },
  ],
};

const batchSize = 4;
// Calls that don't wait for one another come within milliseconds of the first.
const restWithinMs = 1_200;

async function wholeBatch(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  const batch = await fillQueue(stage, batchSize);
  await vendor.setWeather({ hold: true });
  await stage.running.setConsumers(true);
  const did = `put ${batchSize} messages into the queue, and let the vendor take its time`;
  const addresses = batch.map(({ index }) => deviceAt(index).macAddress);
  const inWork = async () => (await vendor.openCalls()).filter((open) => addresses.includes(open)).length;
  await eventually(async () => (await inWork()) >= 1).catch(() => {});
  await otherwise(
    eventually(async () => (await inWork()) === batchSize, { withinMs: restWithinMs }),
    async () => ({
      did,
      expected: `${batchSize} calls at the vendor at once: the whole batch`,
      saw: howMany(await inWork()),
      why: "the fourth customer waits for the three before, and four slow calls together take longer than the function's timeout",
    }),
  );
  needs(await isQueued(stage, batch[0]?.eventId ?? ""), {
    did: "looked into the queue while the vendor worked on the batch",
    expected: "its messages in flight: received, and not deleted",
    saw: "no messages: the function returned before its work was done, and Lambda deleted them",
    why: "if Lambda freezes the environment now, or it dies, the work is lost, and no one retries",
  });
  await vendor.setWeather({ hold: false });
  for (const { eventId } of batch) {
    await otherwise(stage.becomes("active", eventId), {
      did: "let the vendor finish",
      expected: "all tickets of the batch to become active within 5 s",
      saw: "another status",
      why: "the customer still waits for a device that works",
    });
  }
}

function howMany(inWork: number): string {
  const reason =
    inWork < batchSize - 1
      ? "the messages are worked on one after the other"
      : "one of the batch is left out";
  return `${inWork} of ${batchSize}: ${reason}`;
}

async function nameFailures(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  const before = (await stage.inspect()).functions[0];
  const batch = await fillQueue(stage, batchSize);
  const [bad, ...healthy] = batch;
  await vendor.setWeather({ poison: [deviceAt(bad?.index ?? 0).macAddress] });
  await stage.running.setConsumers(true);
  const did = `gave the function a batch of ${batchSize}, and the vendor refuses one of them`;
  const isSettled = async () => {
    const now = (await stage.inspect()).functions[0];
    return (now?.invocations ?? 0) > (before?.invocations ?? 0) && (await isIdle(stage));
  };
  await otherwise(eventually(isSettled), {
    did,
    expected: "the function to answer within 5 s",
    saw: "no answer",
    why: "a function that hangs is killed by its timeout, and the whole batch comes back",
  });

  const whichAreLeft = () => Promise.all(batch.map(({ eventId }) => isQueued(stage, eventId)));
  const isOnlyBadLeft = async () => (await whichAreLeft()).every((isLeft, at) => isLeft === (at === 0));
  await otherwise(eventually(isOnlyBadLeft, { withinMs: 1_000 }), async () => {
    const left = await whichAreLeft();
    const expected = "only the failed message left in the queue";
    const now = (await stage.inspect()).functions[0];
    if (left[0] !== true) {
      return {
        did,
        expected,
        saw: `the failed message is gone too: ${whyGone(now, before)}`,
        why: "no one retries, and the customer's ticket says accepted forever",
        isCertain: true as const,
      };
    }
    const threw = (now?.errors ?? 0) > (before?.errors ?? 0);
    const reason = threw
      ? "the function threw, so its whole batch comes back"
      : "what it named is no messageId of the batch";
    return {
      did,
      expected,
      saw: `all ${left.filter(Boolean).length} are left: ${reason}`,
      why: "the vendor provisions the devices that already work again, and bills you again",
    };
  });
  for (const { eventId } of healthy) {
    await otherwise(stage.becomes("active", eventId), {
      did,
      expected: "the tickets of the three others to become active",
      saw: "another status",
      why: "one bad device must not stop the others of its batch",
    });
  }
}

/** Why Lambda has deleted a message whose work failed. */
function whyGone(now: InspectedFunction | undefined, before: InspectedFunction | undefined): string {
  if (now?.mappings.some(({ reportsBatchItemFailures }) => reportsBatchItemFailures) !== true) {
    return "the template does not say ReportBatchItemFailures, so Lambda does not read the function's answer";
  }
  return now.emptyAnswers > (before?.emptyAnswers ?? 0)
    ? "the function answered nothing, so Lambda takes the whole batch for done"
    : "its failure was swallowed: the function's answer does not name it, so Lambda takes it for done";
}

// As in the template: five environments with four messages each.
const vendorsCapacity = 20;
// The first batches end after the vendor's timeout, so there must be more until the last environment has started.
const waiting = 80;
const reachedWithinMs = 8_000;
const watchedMs = 1_000;
const lookEveryMs = 20;

const didFit = `let ${waiting} messages wait for a vendor that works on ${vendorsCapacity} calls at once`;
const tooMany = {
  did: didFit,
  expected: `${vendorsCapacity} messages in work at once, and no more`,
  why: "calls that queue at the vendor time out or get a 429, and come back as even more load",
};

async function fitTheVendor(stage: Stage): Promise<void> {
  const [mapping] = (await stage.inspect()).functions.flatMap(({ mappings }) => mappings);
  const { batchSize = 0, maximumConcurrency } = mapping ?? {};
  needs(maximumConcurrency !== undefined, {
    ...tooMany,
    did: "looked for the limit of the function's environments",
    expected: "MaximumConcurrency in template.yaml",
    saw: "none: Lambda starts more and more environments as long as messages wait",
  });
  // Read from the template, not watched: a busy machine may be slow to start them all.
  const atOnce = maximumConcurrency * batchSize;
  needs(atOnce <= vendorsCapacity, {
    ...tooMany,
    saw: `${maximumConcurrency} environments with ${batchSize} messages each, ${atOnce} at once: more than the vendor can serve`,
  });

  const most = await mostInWork(stage);
  const tooFew = {
    did: didFit,
    expected: `${vendorsCapacity} messages in work at once`,
    saw: `${most} at most, with ${maximumConcurrency} environments and ${batchSize} messages each`,
    why: "the vendor could do more, so customers wait for no reason",
  };
  // Environments that the template doesn't allow never start, however long you wait.
  needs(most >= vendorsCapacity, tooFew, { isLate: atOnce >= vendorsCapacity });
  needs(most <= vendorsCapacity, { ...tooMany, saw: `${most} at once: more than the vendor can serve` });
}

/** The most messages in work at the same time while more wait than the vendor can serve. */
async function mostInWork(stage: Stage): Promise<number> {
  const { vendor } = stage.running;
  await stage.running.setConsumers(false);
  const activations = Array.from({ length: waiting }, () => ({
    eventId: randomUUID(),
    macAddress: deviceAt(stage.newDevice()).macAddress,
  }));
  await sendMessages(stage, ...activations);
  await vendor.setWeather({ hold: true });
  await stage.running.setConsumers(true);
  // Not the vendor's open calls: those go on there even if the function has given them up.
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
  // One environment too many would start a moment later.
  const watchedUntilMs = performance.now() + watchedMs;
  while (most <= vendorsCapacity && performance.now() < watchedUntilMs) {
    await look();
  }
  return most;
}
