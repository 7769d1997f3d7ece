import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/testing/eventually.ts";
import type { Stage } from "#shared/workshop/course/stage.ts";
import { OpenTaskError, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { clientsOf } from "./clients.ts";
import { isQueued } from "./queued.ts";

// Fewer than in the template, so that a check needn't wait for five.
const maxReceiveCount = 2;
const callsThatProveIt = 5;
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

const addressOf = (index: number) => deviceAt(index).macAddress;

async function setAside(stage: Stage): Promise<void> {
  const { vendor, outputs } = stage.running;
  const isAside = (eventId: string) => isQueued(stage, eventId, outputs["DEAD_LETTER_QUEUE_URL"]);
  // A copy without backoff waits for it, so it is short; the call of the first delivery must be seen before it ends.
  await setVisibilityTimeout(stage, 3);
  const [poison, unlucky] = [stage.newDevice(), stage.newDevice()];
  // A call meets the weather in which it begins: the unlucky one's first fails, and its second does not.
  await vendor.setWeather({ hold: true, poison: [addressOf(poison), addressOf(unlucky)] });
  const [first, second] = await Promise.all([stage.activate(poison), stage.activate(unlucky)]);
  const [poisonId, unluckyId] = [String(first.body["eventId"]), String(second.body["eventId"])];
  await otherwise(stage.openCall(unlucky), {
    did: "asked for an activation, and watched the vendor",
    expected: "a call within 5 s",
    saw: "none: nobody works on the message",
    why: "a message that nobody works on is a device that never works",
  });
  await vendor.setWeather({ hold: false, poison: [addressOf(poison)] });
  await setVisibilityTimeout(stage, 1);
  const outcome = await eventually(async () => {
    const { body } = await stage.request(`/activations/${unluckyId}`);
    return body["status"] === "active" ? "active" : (await isAside(unluckyId)) && "set aside";
  }).catch(() => "neither");
  if (outcome !== "active") {
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

  const did = `let the vendor refuse a device for ever, with MaxReceiveCount set to ${maxReceiveCount}`;
  const why =
    "a message that can never succeed costs a call each time, until it is too old: here for four days";
  const calls = await eventually(
    async () => {
      const count = await stage.vendorCalls(poison);
      return ((await isAside(poisonId)) || count >= callsThatProveIt) && count;
    },
    { withinMs: 8_000 },
  ).catch(async () => await stage.vendorCalls(poison));
  if (!(await isAside(poisonId))) {
    throw new OpenTaskError({
      did,
      expected: "its message in the dead-letter queue after two deliveries",
      saw: `${calls} calls at the vendor, and the message still comes back`,
      why,
    });
  }
  if (calls !== maxReceiveCount) {
    throw new OpenTaskError({
      did,
      expected: `${maxReceiveCount} calls at the vendor, then the dead-letter queue`,
      saw: `${calls} calls: the number is not the parameter's`,
      why: "the function learns from the parameter which receive is the last; two numbers drift apart",
    });
  }
}

async function backOff(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // Whoever waits for it waits longer than this check does.
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
  if (waitedMs < shortestBackoffMs) {
    throw new OpenTaskError({
      did,
      expected: "the second try after the backoff of 1 s",
      saw: `it came after ${waitedMs} ms: no backoff`,
      why: "a vendor in trouble is asked at once, and again, by everybody: that is how it stays in trouble",
    });
  }
  await otherwise(stage.becomes("failed", body["eventId"]), {
    did: "let the last delivery fail, and asked for the ticket",
    expected: "status failed within 5 s",
    saw: "another status",
    why: "the customer waits on a ticket that says accepted, while the message lies in the dead-letter queue",
  });
}

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
        "Take one `#` and the space after it away from the three lines of the RedrivePolicy; they stand below `MessageRetentionPeriod`, with the same indentation.",
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
