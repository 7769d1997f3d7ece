import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, OpenTaskError, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { clientsOf, countDeliveries, fillQueue, isQueued, workBegins } from "./queue-and-table.ts";
import { askFor } from "./ticket.ts";

// Different from the template's.
const maxReceiveCount = 4;
// This many are used up before the function sees a message, so that a check needn't wait for all.
const receivedBefore = 2;

export const course: Course = {
  chapter: "05",
  start: { parameters: { MaxReceiveCount: String(maxReceiveCount), VisibilityTimeoutSeconds: "6" } },
  tasks: [
    {
      number: 1,
      title: "set aside what keeps failing",
      file: "template.yaml",
      hints: [
        'Who should say "enough"? The function may be dead, but the queue counts every delivery.',
        "A queue with a RedrivePolicy moves a message that was received too often to another queue. The template already has that other queue.",
        "Put `RedrivePolicy:` below `MessageRetentionPeriod`, with the same indentation. It has two keys: `deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn`, and `maxReceiveCount`.",
        "The number is `!Ref MaxReceiveCount`, the parameter at the top. The function reads it too.",
      ],
      check: setAside,
    },
    {
      number: 2,
      title: "backoff, and the last receive",
      file: "handler.ts",
      isExtra: true,
      hints: [
        "SQS has no backoff. But each received message has its own visibility timeout, and the receiver may change it.",
        "Send a `ChangeMessageVisibilityCommand` with the queue's URL, the record's `receiptHandle`, and the seconds until the message comes back.",
        "`record.attributes.ApproximateReceiveCount` is the number of deliveries, as a string. Use it to choose from `backoffSeconds`.",
        'After the last receive (`isLastReceive(record)`) there is nothing to wait for: set the visibility to 0, and call `tickets.mark(activation, "failed")`.',
      ],
      check: backOff,
    },
  ],
};

// A message that comes back this often from a queue without a RedrivePolicy will always come back.
const callsThatProveIt = { withPolicy: 4, without: 2 };
const attempts = 3;
// Two batches, so two environments.
const warmUpMessages = 8;
// The embedded SQS never ends a timer early, but the vendor's clock is another process's, with a precision of a millisecond.
const shortestBackoffMs = 950;

/** If the copy has no backoff, this decides when a failed message comes back. */
async function setVisibilityTimeout(stage: Stage, seconds: number): Promise<void> {
  await clientsOf(stage.running).sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: stage.running.outputs["QUEUE_URL"],
      Attributes: { VisibilityTimeout: String(seconds) },
    }),
  );
}

/** After how many receives the queue sets a message aside. Undefined if no policy says so. */
async function policysMaxReceiveCount(stage: Stage): Promise<number | undefined> {
  const { Attributes } = await clientsOf(stage.running).sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: stage.running.outputs["QUEUE_URL"],
      AttributeNames: ["RedrivePolicy"],
    }),
  );
  const policy = Attributes?.["RedrivePolicy"];
  return policy === undefined
    ? undefined
    : Number((JSON.parse(policy) as { maxReceiveCount: unknown }).maxReceiveCount);
}

const addressOf = (index: number) => deviceAt(index).macAddress;

const isAside = (stage: Stage, eventId: string) =>
  isQueued(stage, eventId, stage.running.outputs["DEAD_LETTER_QUEUE_URL"]);

/** Makes only the first call fail. Returns what became of it, and how many calls it took. */
async function failOnce(stage: Stage, poison: number): Promise<{ outcome: string | false; calls: number }> {
  const { vendor } = stage.running;
  // Short, since a copy without backoff waits for it; long enough to see the first delivery's call before it ends.
  await setVisibilityTimeout(stage, 2);
  const unlucky = stage.newDevice();
  // The weather at its start applies to a call.
  await vendor.setWeather({ hold: true, poison: [addressOf(unlucky), addressOf(poison)] });
  const eventId = await askFor(stage, unlucky);
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
    // On a very slow machine the vendor timeout may end the first call, and then a second one fails.
    if (calls <= 1 || attempt === attempts) {
      const saw =
        outcome === "neither"
          ? `no second delivery within 5 s${hiddenFor(stage)}`
          : "it was set aside after one failure: maxReceiveCount gives no second chance";
      throw new OpenTaskError(
        {
          did: "let the vendor refuse a device once, and serve it the next time",
          expected: "the second delivery to activate it",
          saw,
          why: "most failures pass by themselves; giving up at the first wakes someone at night for nothing",
        },
        { isLate: outcome === "neither" || calls > 1 },
      );
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
      why: "handling failures is useless before what can succeed does succeed",
    });
  }
}

/** A message whose first deliveries are used up. It waits, since the consumers are off. */
async function almostUsedUp(stage: Stage): Promise<{ index: number; eventId: string }> {
  const [message = { index: 0, eventId: "" }] = await fillQueue(stage, 1);
  await countDeliveries(stage, receivedBefore);
  return message;
}

async function setAside(stage: Stage): Promise<void> {
  await warmUp(stage);
  const policys = await policysMaxReceiveCount(stage);
  const hasPolicy = policys !== undefined;
  // It is retried again and again while the other gets its second chance.
  await setVisibilityTimeout(stage, hasPolicy ? 2 : 1);
  const { index: poison, eventId } = await almostUsedUp(stage);
  await stage.running.vendor.setWeather({ poison: [addressOf(poison)] });
  await stage.running.setConsumers(true);
  if (hasPolicy) {
    await secondChance(stage, poison);
  }
  needs(policys === undefined || policys === maxReceiveCount, {
    did: `deployed your template with MaxReceiveCount set to ${maxReceiveCount}, and looked at the queue`,
    expected: `maxReceiveCount ${maxReceiveCount}, from the template's parameter`,
    saw: `you wrote ${policys}: the number is not the parameter's`,
    why: "the function reads the parameter to know which receive is the last; two numbers drift apart",
  });
  const did = `let the vendor refuse a device for ever, with MaxReceiveCount set to ${maxReceiveCount}`;
  const proof = hasPolicy ? callsThatProveIt.withPolicy : callsThatProveIt.without;
  const enough = async () => (await isAside(stage, eventId)) || (await stage.vendorCalls(poison)) >= proof;
  await eventually(enough, { withinMs: 8_000 }).catch(() => {});
  const calls = await stage.vendorCalls(poison);
  const stillThere = {
    did,
    expected: `its message in the dead-letter queue after ${maxReceiveCount} deliveries`,
    saw: `${receivedBefore + calls} deliveries, and the message still comes back${hasPolicy ? "" : ": its queue has no RedrivePolicy"}`,
    why: "every delivery of this message costs a call to the vendor, until the message is too old: here four days",
  };
  needs(await isAside(stage, eventId), stillThere, { isLate: hasPolicy && calls < proof });
}

async function backOff(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // A copy that leaves it to the visibility timeout waits longer than this check does.
  await setVisibilityTimeout(stage, 30);
  await vendor.setWeather({ answer: "fail" });
  const askedBefore = visibilitiesAsked(stage).length;
  const late = await almostUsedUp(stage);
  await stage.running.setConsumers(true);
  const fresh = stage.newDevice();
  const freshId = await askFor(stage, fresh);
  const callsOf = async (index: number) =>
    (await vendor.ledger()).calls.filter(({ macAddress }) => macAddress === addressOf(index));
  const did = "let the vendor refuse a device, in a queue with a visibility timeout of 30 s";
  const waitedMs = async (index: number, expected: string) => {
    await otherwise(
      eventually(async () => (await callsOf(index)).length >= 2),
      {
        did,
        expected,
        saw: "no second try within 5 s: the visibility timeout decides",
        why: "your template would wait 24 s on AWS; a vendor that was down for a moment is back long before",
      },
    );
    const [firstMs = 0, secondMs = 0] = (await callsOf(index)).map(({ startedAtMs }) => startedAtMs);
    return Math.round(secondMs - firstMs);
  };
  const firstWaitMs = await waitedMs(fresh, "the second try after the backoff of 1 s");
  needs(firstWaitMs >= shortestBackoffMs, {
    did,
    expected: "the second try after the backoff of 1 s",
    saw: `it came after ${firstWaitMs} ms: no backoff`,
    why: "if everyone calls a vendor in trouble again at once, it stays in trouble",
  });
  await failedOnlyAtTheEnd(stage, { eventId: freshId, calls: async () => (await callsOf(fresh)).length });
  await waitedMs(late.index, "the last try after the backoff of 2 s");
  const asked = visibilitiesAsked(stage)
    .slice(askedBefore)
    .filter((seconds) => seconds > 0);
  needs(Math.max(...asked) > Math.min(...asked), {
    did: "let the vendor refuse one device in its first delivery, and another in its third",
    expected: "a longer wait for the second",
    saw: `${asked[0] ?? 0} s for both: the backoff does not grow`,
    why: "a device that has failed three times needs more time than one that has failed once, and so does the vendor",
  });
  await otherwise(stage.becomes("failed", late.eventId), {
    did: "let the last delivery fail, and asked for the ticket",
    expected: "status failed within 5 s, by `tickets.mark`",
    saw: "another status",
    why: "the customer waits on a ticket that says accepted, while the message is in the dead-letter queue",
  });
}

/** The seconds for which the copy has asked SQS to hide messages, in order. */
function visibilitiesAsked({ sqs }: Stage): number[] {
  return sqs.seen
    .filter(({ operation }) => operation?.startsWith("ChangeMessageVisibility"))
    .flatMap(({ body }) => [...body.matchAll(/"VisibilityTimeout":\s*(\d+)/g)])
    .map(([, seconds]) => Number(seconds));
}

/** How long the copy hid a message, if that is why it has not come back. */
function hiddenFor(stage: Stage): string {
  const longestSeconds = Math.max(0, ...visibilitiesAsked(stage));
  return longestSeconds > 5 ? `: your function has hidden the message for ${longestSeconds} s` : "";
}

/** Between the first failure and the last, the ticket must not say failed. */
async function failedOnlyAtTheEnd(
  stage: Stage,
  { eventId, calls }: { eventId: string; calls: () => Promise<number> },
): Promise<void> {
  const { body } = await stage.request(`/activations/${eventId}`);
  // On a slow machine it may have used up all its receives by now, and then failed is right.
  needs(body["status"] !== "failed" || (await calls()) >= maxReceiveCount, {
    did: "let the vendor refuse a device once, and asked for its ticket during the retry",
    expected: "status accepted, because a retry follows",
    saw: "status failed, after the first failure",
    why: "the customer gives up, or asks again, though the device works a second later",
  });
}
