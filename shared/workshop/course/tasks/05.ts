import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, OpenTaskError, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { clientsOf, fillQueue, isQueued, workBegins } from "./queue-and-table.ts";

// Fewer than in the template, so that a check needn't wait for five.
const maxReceiveCount = 2;

export const course: Course = {
  chapter: "05",
  start: { parameters: { MaxReceiveCount: String(maxReceiveCount), VisibilityTimeoutSeconds: "6" } },
  tasks: [
    {
      number: 1,
      title: "set aside what keeps failing",
      file: "template.yaml",
      hints: [
        'Who should say "enough": the function, which may be dead, or the queue, which counts every delivery?',
        "A queue with a RedrivePolicy moves a message to another queue when it has been received too often. That other queue is in the template already.",
        "`RedrivePolicy:` stands below `MessageRetentionPeriod`, with the same indentation, and has two keys: `deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn`, and `maxReceiveCount`.",
        "The number: `!Ref MaxReceiveCount`, the parameter at the top. The function reads the same one.",
      ],
      check: setAside,
    },
    {
      number: 2,
      title: "backoff, and the last receive",
      file: "handler.ts",
      isExtra: true,
      hints: [
        "SQS has no backoff. But a received message has a visibility timeout of its own, which whoever has received it may change.",
        "`ChangeMessageVisibilityCommand` with the queue's URL, the record's `receiptHandle`, and the seconds until it comes back.",
        "`record.attributes.ApproximateReceiveCount` is a string with the number of deliveries: it chooses from `backoffSeconds`.",
        'After the last receive (`isLastReceive(record)`) nobody waits: visibility 0, and `tickets.mark(activation, "failed")`.',
      ],
      check: backOff,
    },
  ],
};

// A message that comes back from a queue without a RedrivePolicy always will.
const callsThatProveIt = { withPolicy: 4, without: 2 };
const attempts = 3;
// Two batches, so two environments.
const warmUpMessages = 8;
// No timer of the embedded SQS ends early; the vendor's clock is another process's, to the millisecond.
const shortestBackoffMs = 950;

/** Without a backoff of the copy's own it decides when a failed message comes back. */
async function setVisibilityTimeout(stage: Stage, seconds: number): Promise<void> {
  await clientsOf(stage.running).sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: stage.running.outputs["QUEUE_URL"],
      Attributes: { VisibilityTimeout: String(seconds) },
    }),
  );
}

async function hasRedrivePolicy(stage: Stage): Promise<boolean> {
  const { Attributes } = await clientsOf(stage.running).sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: stage.running.outputs["QUEUE_URL"],
      AttributeNames: ["RedrivePolicy"],
    }),
  );
  return Attributes?.["RedrivePolicy"] !== undefined;
}

const addressOf = (index: number) => deviceAt(index).macAddress;

const isAside = (stage: Stage, eventId: string) =>
  isQueued(stage, eventId, stage.running.outputs["DEAD_LETTER_QUEUE_URL"]);

/** Its first call fails and no other; gives what became of it, and how many calls it took. */
async function failOnce(stage: Stage, poison: number): Promise<{ outcome: string | false; calls: number }> {
  const { vendor } = stage.running;
  // A copy without backoff waits for it, so it is short; the call of the first delivery must be seen before it ends.
  await setVisibilityTimeout(stage, 2);
  const unlucky = stage.newDevice();
  // A call meets the weather in which it begins.
  await vendor.setWeather({ hold: true, poison: [addressOf(unlucky), addressOf(poison)] });
  const { body } = await stage.activate(unlucky);
  const eventId = String(body["eventId"]);
  await workBegins(stage, unlucky);
  await vendor.setWeather({ hold: false, poison: [addressOf(poison)] });
  await setVisibilityTimeout(stage, 1);
  const outcome = await eventually(async () => {
    const ticket = await stage.request(`/activations/${eventId}`);
    return ticket.body["status"] === "active" ? "active" : (await isAside(stage, eventId)) && "set aside";
  }).catch(() => "neither");
  return { outcome, calls: await stage.vendorCalls(unlucky) };
}

async function secondChance(stage: Stage, poison: number): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { outcome, calls } = await failOnce(stage, poison);
    if (outcome === "active") {
      return;
    }
    // On a very slow machine the vendor's time-out may have ended the first call, and then a second one has failed.
    if (calls <= 1 || attempt === attempts) {
      throw new OpenTaskError({
        did: "let the vendor refuse a device once, and serve it the next time",
        expected: "the second delivery to activate it",
        saw:
          outcome === "neither"
            ? "no second delivery within 5 s"
            : "it was set aside after one failure: maxReceiveCount gives no second chance",
        why: "most failures pass by themselves; whoever gives up at the first wakes somebody at night for nothing",
      });
    }
  }
}

/** While an environment starts, a visibility timeout as short as ours would count deliveries that no code has seen. */
async function warmUp(stage: Stage): Promise<void> {
  const batches = await fillQueue(stage, warmUpMessages);
  await stage.running.setConsumers(true);
  for (const { eventId } of batches) {
    await otherwise(stage.becomes("active", eventId), {
      did: `put ${warmUpMessages} messages into the queue`,
      expected: "their tickets to become active within 5 s",
      saw: "another status",
      why: "before failures can be handled, what can succeed must succeed",
    });
  }
}

async function setAside(stage: Stage): Promise<void> {
  await warmUp(stage);
  const hasPolicy = await hasRedrivePolicy(stage);
  // It is tried again and again while the other gets its second chance.
  const poison = stage.newDevice();
  await setVisibilityTimeout(stage, hasPolicy ? 2 : 1);
  await stage.running.vendor.setWeather({ poison: [addressOf(poison)] });
  const eventId = String((await stage.activate(poison)).body["eventId"]);
  if (hasPolicy) {
    await secondChance(stage, poison);
  }
  const did = `let the vendor refuse a device for ever, with MaxReceiveCount set to ${maxReceiveCount}`;
  const proof = hasPolicy ? callsThatProveIt.withPolicy : callsThatProveIt.without;
  const enough = async () => (await isAside(stage, eventId)) || (await stage.vendorCalls(poison)) >= proof;
  await eventually(enough, { withinMs: 8_000 }).catch(() => {});
  const calls = await stage.vendorCalls(poison);
  needs(await isAside(stage, eventId), {
    did,
    expected: `its message in the dead-letter queue after ${maxReceiveCount} deliveries`,
    saw: `${calls} calls at the vendor, and the message still comes back${hasPolicy ? "" : ": its queue has no RedrivePolicy"}`,
    why: "a message that can never succeed costs a call each time, until it is too old: here for four days",
  });
  needs(calls === maxReceiveCount, {
    did,
    expected: `${maxReceiveCount} calls at the vendor, then the dead-letter queue`,
    saw: `${calls} calls: the number is not the parameter's`,
    why: "the function learns from the parameter which receive is the last; two numbers drift apart",
  });
}

async function backOff(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // A copy that leaves the time to it waits longer than this check does.
  await setVisibilityTimeout(stage, 30);
  const poison = stage.newDevice();
  await vendor.setWeather({ poison: [addressOf(poison)] });
  const { body } = await stage.activate(poison);
  const callsOf = async () =>
    (await vendor.ledger()).calls.filter(({ macAddress }) => macAddress === addressOf(poison));
  const did = "let the vendor refuse a device, in a queue with a visibility timeout of 30 s";
  await otherwise(
    eventually(async () => (await callsOf()).length >= 2),
    {
      did,
      expected: "the second try after the backoff of 1 s",
      saw: "no second try within 5 s: the visibility timeout decides",
      why: "on AWS that is 24 s here; a vendor that was away for a moment is back long before",
    },
  );
  const [firstMs = 0, secondMs = 0] = (await callsOf()).map(({ startedAtMs }) => startedAtMs);
  const waitedMs = Math.round(secondMs - firstMs);
  needs(waitedMs >= shortestBackoffMs, {
    did,
    expected: "the second try after the backoff of 1 s",
    saw: `it came after ${waitedMs} ms: no backoff`,
    why: "a vendor in trouble is asked at once, and again, by everybody: that is how it stays in trouble",
  });
  await otherwise(stage.becomes("failed", body["eventId"]), {
    did: "let the last delivery fail, and asked for the ticket",
    expected: "status failed within 5 s",
    saw: "another status",
    why: "the customer waits on a ticket that says accepted, while the message lies in the dead-letter queue",
  });
}
