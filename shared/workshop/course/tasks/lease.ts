import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { OpenTaskError, otherwise } from "#shared/workshop/course/task.ts";
import { clientsOf } from "./clients.ts";
import { isIdle, isQueued, tableOf } from "./queued.ts";

const longLeaseMs = 60_000;
// The function's timeout and a margin, with room for a template that allows more.
const longestLeaseMs = 20_000;

interface Row {
  status: string;
  leaseOwner?: string;
  leaseExpiresAtMs?: number;
  activatedAtMs?: number;
}

/** Puts a message into the queue whose ticket stands as if somebody had been at work on it. */
async function deliver(stage: Stage, row: Row): Promise<{ index: number; eventId: string }> {
  const { sqs, dynamoDb } = clientsOf(stage.running);
  const index = stage.newDevice();
  const activation = { eventId: randomUUID(), macAddress: deviceAt(index).macAddress };
  const Item = { ...activation, acceptedAtMs: Date.now(), ...row };
  await dynamoDb.send(new PutCommand({ TableName: tableOf(stage), Item }));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: stage.running.outputs["QUEUE_URL"],
      MessageBody: JSON.stringify(activation),
    }),
  );
  return { index, eventId: activation.eventId };
}

/** The function has had the message and said what it thinks of it. */
async function isSettled(stage: Stage, eventId: string): Promise<boolean> {
  const { queues } = await stage.inspect();
  const message = queues.flatMap(({ messages }) => messages).find(({ body }) => body.includes(eventId));
  return (message === undefined || message.receiveCount > 0) && (await isIdle(stage));
}

/** Done: delete. Held: fail. Expired: take over. And a lease of one's own has an end. */
export async function threeAnswers(stage: Stage): Promise<void> {
  const done = await deliver(stage, { status: "active", activatedAtMs: Date.now() });
  await otherwise(
    eventually(async () => !(await isQueued(stage, done.eventId))),
    {
      did: "delivered the message of a device that works already",
      expected: "success, so that Lambda deletes the message",
      saw: "the message is still there",
      why: "it comes back until it is set aside, and wakes somebody at night for a device that works",
    },
  );

  const held = await deliver(stage, {
    status: "provisioning",
    leaseOwner: "somebody else",
    leaseExpiresAtMs: Date.now() + longLeaseMs,
  });
  const didHeld = "delivered a message whose lease somebody else holds for another minute";
  await eventually(() => isSettled(stage, held.eventId));
  if ((await stage.vendorCalls(held.index)) > 0) {
    throw new OpenTaskError({
      did: didHeld,
      expected: "no call at the vendor",
      saw: "a call: somebody else's lease did not keep it out",
      why: "both work on the same device: that is what the lease is there to prevent",
    });
  }
  if (!(await isQueued(stage, held.eventId))) {
    throw new OpenTaskError({
      did: didHeld,
      expected: "this delivery to fail, so that the message comes back later",
      saw: "the message is gone: held was taken for done",
      why: "if the holder dies, nobody has the message any more, and the device never works",
    });
  }

  const expired = await deliver(stage, {
    status: "provisioning",
    leaseOwner: "somebody who died",
    leaseExpiresAtMs: Date.now() - 1_000,
  });
  await otherwise(stage.becomes("active", expired.eventId, { withinMs: 3_000 }), {
    did: "delivered a message whose lease ended a second ago",
    expected: "the lease to be taken over, and the ticket to become active",
    saw: "a ticket that stays as it was: an ended lease still keeps everybody out",
    why: "whoever died in the middle would hold it for ever",
  });
  await hasAnEnd(stage);
}

async function hasAnEnd(stage: Stage): Promise<void> {
  await stage.running.vendor.setWeather({ hold: true });
  const index = stage.newDevice();
  const { body } = await stage.activate(index);
  await stage.openCall(index);
  const untilMs = Number((await readRow(stage, body["eventId"]))["leaseExpiresAtMs"]);
  const leftMs = untilMs - Date.now();
  if (!(leftMs > -longestLeaseMs && leftMs < longestLeaseMs)) {
    throw new OpenTaskError({
      did: "looked at the ticket's row while the vendor worked on the device",
      expected: "leaseExpiresAtMs soon after the function's timeout, in milliseconds",
      saw: Number.isNaN(untilMs)
        ? "no leaseExpiresAtMs: the lease never ends"
        : `it ends in ${Math.round(leftMs / 1_000)} s`,
      why: "a lease is a lock that ends by itself; without an end a crash locks the device for ever",
    });
  }
}

async function readRow(stage: Stage, eventId: unknown): Promise<Record<string, unknown>> {
  const { dynamoDb } = clientsOf(stage.running);
  const read = new GetCommand({ TableName: tableOf(stage), Key: { eventId }, ConsistentRead: true });
  return (await dynamoDb.send(read)).Item ?? {};
}

/** Whoever was overtaken leaves the row alone. */
export async function ownersWrite(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // The call that is about to begin ends with a definite failure, once it is let go.
  await vendor.setWeather({ hold: true, answer: "fail" });
  const index = stage.newDevice();
  const { body } = await stage.activate(index);
  await otherwise(stage.openCall(index), {
    did: "asked for an activation, and watched the vendor",
    expected: "a call within 5 s",
    saw: "none: nobody works on the message",
    why: "a message that nobody works on is a device that never works",
  });
  const successor = "the successor";
  await clientsOf(stage.running).dynamoDb.send(
    new UpdateCommand({
      TableName: tableOf(stage),
      Key: { eventId: body["eventId"] },
      UpdateExpression: "SET leaseOwner = :owner, leaseExpiresAtMs = :untilMs",
      ExpressionAttributeValues: { ":owner": successor, ":untilMs": Date.now() + longLeaseMs },
    }),
  );
  await vendor.setWeather({ hold: false });
  await eventually(() => isIdle(stage));
  const { status, leaseOwner } = await readRow(stage, body["eventId"]);
  if (leaseOwner !== successor || status !== "provisioning") {
    throw new OpenTaskError({
      did: "let another take the lease over, and then the vendor fail for the first",
      expected: "the row as the new owner left it",
      saw: `status ${String(status)}, owner ${JSON.stringify(leaseOwner ?? "none")}: the first released what was no longer its own`,
      why: "the door stands open while the new owner works, and a third one comes in",
    });
  }
}
