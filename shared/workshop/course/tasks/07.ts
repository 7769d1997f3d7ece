import { randomUUID } from "node:crypto";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { clientsOf, isIdle, isQueued, sendMessages, tableOf, workBegins } from "./queue-and-table.ts";
import { askFor } from "./ticket.ts";

export const course: Course = {
  chapter: "07",
  start: { parameters: { VisibilityTimeoutSeconds: "6" } },
  tasks: [
    {
      number: 1,
      title: "one conditional write",
      file: "lease.ts",
      hints: [
        "Two deliveries read at the same moment. What could one of them see that the other doesn't?",
        "Only the table can decide who was first. Let it read and write in one step: a write may have a condition.",
        "The condition is a `ConditionExpression`. It must be true for a row without a status (`attribute_not_exists(#status)`), and for one that is accepted or failed.",
        '`ConditionExpression: "attribute_not_exists(#status) OR #status IN (:accepted, :failed)"`, and below it the values of `:accepted` and `:failed`. DynamoDB refuses values that no expression uses.',
      ],
      check: oneWrite,
    },
    {
      number: 2,
      title: "done, held or expired",
      file: "lease.ts",
      hints: [
        "The write failed, so another delivery came first. Is its work done, is it still working, or did it crash?",
        "Put expired into the condition: a row in provisioning is also free if its `leaseExpiresAtMs` is before `:nowMs`.",
        'After the failed condition, read the row with ConsistentRead. If its status is active, return "done": the message may go.',
        "Everything else is held: throw `new LeaseHeldError(eventId, untilMs)` with the row's leaseExpiresAtMs. Then this message fails, and comes back at that time.",
      ],
      check: threeAnswers,
    },
    {
      number: 3,
      title: "only the owner gives it back",
      file: "lease.ts",
      hints: [
        "You were slow, your lease ended, and another worker took it over. Now your call fails. Whose lease do you release?",
        "The release is a write, and a write may have a condition: the lease is still mine.",
        "The row tells you in two places: its status is still provisioning, and its leaseOwner is `owner`. Check both, and add the values that the condition names.",
        '`ConditionExpression: "#status = :provisioning AND leaseOwner = :owner"`, with the values of `:provisioning` and `:owner` beside `:status`.',
      ],
      check: ownersWrite,
    },
  ],
};

// A cold environment on a busy machine takes a part of it.
const triedWithinMs = 8_000;

/** Two deliveries at the same moment. If they read before they write, they are made to read at the same time. */
async function oneWrite(stage: Stage): Promise<void> {
  const { vendor, aws } = stage.running;
  const table = tableOf(stage);
  stage.dynamoDb.hold(({ operation, body }) => operation === "GetItem" && body.includes(`"${table}"`));
  await vendor.setWeather({ hold: true });
  await aws.deliverTwice(1, [0]);
  const index = stage.newDevice();
  const eventId = await askFor(stage, index);
  const writes = () =>
    stage.dynamoDb.seen.filter(
      ({ operation, body }) =>
        /^(Update|Put)Item$/.test(operation ?? "") && body.includes(`"${table}"`) && body.includes(eventId),
    ).length;
  const did = "delivered a message twice at the same moment";
  // The API has written the ticket. The other two writes are the deliveries'.
  const bothTry = async (when: () => boolean) => {
    await otherwise(eventually(when, { withinMs: triedWithinMs }), () => ({
      did,
      expected: "each of both deliveries to try to take the lease",
      saw: `${Math.max(0, writes() - 1)} that wrote to the ticket's row`,
      why: "only a write that can fail can decide which of the two comes first",
    }));
  };
  await bothTry(() => stage.dynamoDb.held() >= 2 || writes() >= 3);
  stage.dynamoDb.release();
  await bothTry(() => writes() >= 3);
  await vendor.setWeather({ hold: false });
  await otherwise(stage.becomes("active", eventId), {
    did,
    expected: "the ticket to become active within 5 s",
    saw: "another status: neither delivery did the work",
    why: "a lock that lets no one in is an outage of your own making",
  });
  await eventually(() => isIdle(stage));
  const calls = await stage.vendorCalls(index);
  needs(calls === 1, {
    did,
    expected: "1 call at the vendor: one delivery takes the lease, the other does not get it",
    saw: `${calls} calls: between looking and writing there was room for another`,
    why: "the vendor provisions the device twice and bills you twice; under load that isn't rare",
  });
  await aws.deliverTwice(0, [0]);
  await letsIn(stage, undefined, "a message whose ticket is not written yet");
  await letsIn(stage, { status: "failed" }, "the message of a ticket that says failed");
}

/** The first row of the table in the README: no one works on it, so this delivery does. */
async function letsIn(stage: Stage, row: TicketRow | undefined, message: string): Promise<void> {
  const { eventId } = await deliver(stage, row);
  await otherwise(stage.becomes("active", eventId), {
    did: `delivered ${message}`,
    expected: "this delivery to take the lease, and the ticket to become active within 5 s",
    saw: "no lease was taken: the condition keeps this row out",
    why: "no one works on it, and no one ever will",
  });
}

const longLeaseMs = 60_000;
// The function's timeout plus a margin, with room for a template that allows more.
const longestLeaseMs = 20_000;

interface TicketRow {
  status: string;
  leaseOwner?: string;
  leaseExpiresAtMs?: number;
  activatedAtMs?: number;
}

/**
 * Puts a message into the queue, and its ticket into the table as if another delivery had been working on it. Without a row,
 * as if the function were faster than the API.
 */
async function deliver(
  stage: Stage,
  row: TicketRow | undefined,
): Promise<{ index: number; eventId: string }> {
  const { dynamoDb } = clientsOf(stage.running);
  const index = stage.newDevice();
  const activation = { eventId: randomUUID(), macAddress: deviceAt(index).macAddress };
  if (row !== undefined) {
    const Item = { ...activation, acceptedAtMs: Date.now(), ...row };
    await dynamoDb.send(new PutCommand({ TableName: tableOf(stage), Item }));
  }
  await sendMessages(stage, activation);
  return { index, eventId: activation.eventId };
}

/** Whether the function has had the message and decided about it. */
async function isSettled(stage: Stage, eventId: string): Promise<boolean> {
  const { queues } = await stage.inspect();
  const message = queues.flatMap(({ messages }) => messages).find(({ body }) => body.includes(eventId));
  return (message === undefined || message.receiveCount > 0) && (await isIdle(stage));
}

/** Done: delete. Held: fail. Expired: take over. And the copy's lease has an end. */
async function threeAnswers(stage: Stage): Promise<void> {
  const done = await deliver(stage, {
    status: "active",
    activatedAtMs: Date.now(),
    // As it stays in the row when the work is done.
    leaseOwner: "somebody who has done it",
    leaseExpiresAtMs: Date.now() - 1_000,
  });
  const didDone = "delivered the message of a device that works already";
  await otherwise(
    eventually(async () => !(await isQueued(stage, done.eventId))),
    {
      did: didDone,
      expected: "success, so that Lambda deletes the message",
      saw: "the message is still there",
      why: "it comes back until SQS sets it aside, and wakes someone at night for a device that works",
    },
  );

  needs((await stage.vendorCalls(done.index)) === 0, {
    did: didDone,
    expected: "no call at the vendor",
    saw: "a call: its lease has ended, and that let this delivery in although the ticket says active",
    why: "a message may come again long after the work is done, and the vendor would bill you again",
  });

  const held = await deliver(stage, {
    status: "provisioning",
    leaseOwner: "somebody else",
    leaseExpiresAtMs: Date.now() + longLeaseMs,
  });
  const didHeld = "delivered a message whose lease another worker holds for one more minute";
  await eventually(() => isSettled(stage, held.eventId));
  needs((await stage.vendorCalls(held.index)) === 0, {
    did: didHeld,
    expected: "no call at the vendor",
    saw: "a call: the other worker's lease did not keep it out",
    why: "both work on the same device, and the lease exists to prevent that",
  });
  needs(await isQueued(stage, held.eventId), {
    did: didHeld,
    expected: "this delivery to fail, so that the message comes back later",
    saw: "the message is gone: held was taken for done",
    why: "if the holder crashes, the message is gone, and the device never works",
  });

  const expired = await deliver(stage, {
    status: "provisioning",
    leaseOwner: "somebody who died",
    leaseExpiresAtMs: Date.now() - 1_000,
  });
  await otherwise(stage.becomes("active", expired.eventId, { withinMs: 3_000 }), {
    did: "delivered a message whose lease ended a second ago",
    expected: "the lease to be taken over, and the ticket to become active",
    saw: "no change: an ended lease still keeps everybody out",
    why: "a worker that crashed in the middle would hold it forever",
  });
  await hasAnEnd(stage);
}

async function hasAnEnd(stage: Stage): Promise<void> {
  await stage.running.vendor.setWeather({ hold: true });
  const index = stage.newDevice();
  const eventId = await askFor(stage, index);
  await stage.openCall(index);
  const untilMs = Number((await readRow(stage, eventId))["leaseExpiresAtMs"]);
  const leftMs = untilMs - Date.now();
  needs(leftMs > -longestLeaseMs && leftMs < longestLeaseMs, {
    did: "looked at the ticket's row while the vendor worked on the device",
    expected: "leaseExpiresAtMs soon after the function's timeout, in milliseconds",
    saw: Number.isNaN(untilMs)
      ? "no leaseExpiresAtMs: the lease never ends"
      : `it ends in ${Math.round(leftMs / 1_000)} s`,
    why: "a lease is a lock that ends by itself; without an end, a crash locks the device forever",
  });
}

async function readRow(stage: Stage, eventId: string): Promise<Record<string, unknown>> {
  const { dynamoDb } = clientsOf(stage.running);
  const read = new GetCommand({ TableName: tableOf(stage), Key: { eventId }, ConsistentRead: true });
  return (await dynamoDb.send(read)).Item ?? {};
}

/** An owner whose call failed gives the lease back. One whose lease another delivery has taken over leaves the row alone. */
async function ownersWrite(stage: Stage): Promise<void> {
  await givesItBack(stage);
  const { vendor } = stage.running;
  const eventId = await inWork(stage);
  const successor = "the successor";
  await clientsOf(stage.running).dynamoDb.send(
    new UpdateCommand({
      TableName: tableOf(stage),
      Key: { eventId },
      UpdateExpression: "SET leaseOwner = :owner, leaseExpiresAtMs = :untilMs",
      ExpressionAttributeValues: { ":owner": successor, ":untilMs": Date.now() + longLeaseMs },
    }),
  );
  await vendor.setWeather({ hold: false });
  await eventually(() => isIdle(stage));
  const { status, leaseOwner } = await readRow(stage, eventId);
  needs(leaseOwner === successor && status === "provisioning", {
    did: "let another worker take the lease over, and then let the first one's call fail",
    expected: "the row as the new owner left it",
    saw: `status ${String(status)}, owner ${JSON.stringify(leaseOwner ?? "none")}: the first released what was no longer its own`,
    why: "the lease is free while the new owner works, so a third delivery comes in",
  });
}

/** A ticket whose vendor call is open, and fails definitely once it is released. */
async function inWork(stage: Stage): Promise<string> {
  await stage.running.vendor.setWeather({ hold: true, answer: "fail" });
  const index = stage.newDevice();
  const eventId = await askFor(stage, index);
  await workBegins(stage, index);
  return eventId;
}

async function givesItBack(stage: Stage): Promise<void> {
  const eventId = await inWork(stage);
  await stage.running.vendor.setWeather({ hold: false });
  const isFree = async () => {
    const { status, leaseOwner } = await readRow(stage, eventId);
    return status !== "provisioning" && leaseOwner === undefined;
  };
  await otherwise(eventually(isFree), {
    did: "let the vendor refuse a device, and looked at its ticket's row",
    expected: "the lease given back by its owner: status accepted or failed, and no leaseOwner",
    saw: "status provisioning: nobody can give this lease back",
    why: "the next try finds it held, and the device waits for a lease that no one uses to end",
  });
}
