import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { isQueued, tableOf } from "./queue-and-table.ts";
import { askFor, ticketBeforeAnswer, ticketIn } from "./ticket.ts";

export const course: Course = {
  chapter: "03",
  tasks: [
    {
      number: 1,
      title: "no answer before the queue has the work",
      file: "api.ts",
      hints: [
        "When may you promise the work? When it is stored where it survives this process.",
        "A promise that you don't await fails in silence. Let the answer wait for the send, and let an error of the send become the answer.",
        "If you await the send, it throws its error, and http.ts turns an error of the AWS SDK into a 503. So don't catch it here, or the customer gets a 202 for nothing.",
        "The order is `await sqs.send(message)`, then `tickets.accept(activation)`, then the answer. If the process dies between the first two, the customer asks again, the API finds no ticket, and sends again.",
      ],
      check: sendFirst,
    },
    {
      number: 2,
      title: "delete when the device works",
      file: "worker.ts",
      hints: [
        "SQS keeps a message until you delete it; receiving only hides it for a while. When is it safe to delete it?",
        "Delete it last: after the vendor, and after the ticket says active. If the worker dies before that, SQS delivers the message again.",
        "If `provision` throws, the delete must not happen. So put it in the `try`, after the others, and never in a `finally`.",
        "Write three lines, and await each: `provision(activation)`, `tickets.activate(activation)`, `sqs.send(deletion)`.",
      ],
      check: deleteLast,
    },
  ],
};

const isSend = ({ operation }: { operation: string | undefined }) => operation === "SendMessage";

// A delete that doesn't wait for the ticket arrives within this time.
const deletesWithinMs = 300;

/** The SDK tries twice. After both, a copy that awaits the send knows that it was not confirmed. */
async function sendFirst(stage: Stage): Promise<void> {
  // The worker would write the ticket too.
  await stage.running.setConsumers(false);
  stage.sqs.hold(isSend);
  const sentBefore = stage.sqs.seen.filter(isSend).length;
  const index = stage.newDevice();
  const { status } = await stage.activate(index);
  const attempts = stage.sqs.seen.filter(isSend).length - sentBefore;
  needs(status >= 400, {
    did: "asked for an activation while the queue confirmed no message",
    expected: "503, because the work is not safe yet",
    saw:
      attempts > 1
        ? `${status}: the send failed, and its error was swallowed`
        : `${status}: the answer came before the queue had the message`,
    why: "if the process dies now, or the queue is down, the customer holds a ticket that no one works on",
  });

  stage.sqs.release();
  const repeated = await stage.activate(index);
  const didRepeat = "let the queue answer again, and repeated the failed request";
  needs(repeated.status === 202, {
    did: didRepeat,
    expected: "202: the message is sent again, and then the ticket is written",
    saw: `${repeated.status}: ${repeated.status === 200 ? "the ticket was there before the message" : "no ticket"}`,
    why: "the repeat finds a ticket and starts nothing, so the work of the failed request is never done",
  });
  const eventId = ticketIn(repeated, didRepeat);
  const messages = (await stage.inspect()).queues.flatMap((queue) => queue.messages);
  const wanted = [eventId, deviceAt(index).macAddress];
  needs(
    messages.some(({ body }) => wanted.every((each) => body.includes(each))),
    {
      did: "looked into the queue after the 202, with the worker stopped",
      expected: "a message with the eventId of the ticket, and the device's macAddress",
      saw: `${messages.length} messages, none with it`,
      why: "only the message tells the worker which ticket it works for",
    },
  );
  await ticketBeforeAnswer(stage);
}

async function deleteLast(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // Its calls fail, as if the vendor had a bad hour.
  const unlucky = stage.newDevice();
  await vendor.setWeather({ hold: true, poison: [deviceAt(unlucky).macAddress] });
  const first = await askFor(stage, unlucky);
  await otherwise(stage.openCall(unlucky), {
    did: "asked for an activation, and watched the vendor",
    expected: "a call at the vendor within 5 s",
    saw: "none: the worker does not work on the message",
    why: "if no one works on the message, the device never works",
  });
  needs(await isQueued(stage, first), {
    did: "looked into the queue while the vendor worked on the device",
    expected: "the message in flight: received, and not deleted",
    saw: "no message: it was deleted before the device worked",
    why: "if the worker dies now, the work is lost, as in 02, in spite of the queue",
  });

  // The worker takes one after the other: once the second device works, the first is settled, whatever became of it.
  const lucky = stage.newDevice();
  const second = await askFor(stage, lucky);
  await vendor.setWeather({ hold: false });
  await otherwise(stage.becomes("active", second), {
    did: "let the vendor fail for one device, and asked for another",
    expected: "the ticket of the other to become active within 5 s",
    saw: "another status",
    why: "one bad device must not stop all the devices after it",
  });
  needs(await isQueued(stage, first), {
    did: "let the vendor fail for one device, and looked into the queue",
    expected: "its message still there, so that SQS delivers it again",
    saw: "no message: it was deleted although the provisioning had failed",
    why: "no one retries, and the ticket says accepted forever",
  });
  await otherwise(
    eventually(async () => !(await isQueued(stage, second)), { withinMs: 2_000 }),
    {
      did: "looked into the queue after the device worked",
      expected: "no message of that device",
      saw: "its message: it was never deleted",
      why: "SQS delivers it again at each end of its visibility timeout, and the vendor provisions the device again and again",
    },
  );
  await ticketBeforeDelete(stage);
}

/** A worker that waits for a write of the ticket can't have deleted the message yet. */
async function ticketBeforeDelete(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  await vendor.setWeather({ hold: true });
  const index = stage.newDevice();
  const eventId = await askFor(stage, index);
  await stage.openCall(index);
  // The API's writes are done.
  stage.dynamoDb.hold(
    ({ operation, body }) =>
      /^(Update|Put)Item$/.test(operation ?? "") && body.includes(tableOf(stage)) && body.includes(eventId),
  );
  await vendor.setWeather({ hold: false });
  const did = "let the vendor provision a device, and the table confirm no write of its ticket";
  await otherwise(
    eventually(() => stage.dynamoDb.held() > 0),
    {
      did,
      expected: "the worker to write the ticket",
      saw: "no write within 5 s",
      why: "the device works, and no one ever tells the customer",
    },
  );
  const isDeleted = await eventually(async () => !(await isQueued(stage, eventId)), {
    withinMs: deletesWithinMs,
  }).catch(() => false);
  needs(!isDeleted, {
    did,
    expected: "the message in flight until the ticket says active",
    saw: "no message: it was deleted before the ticket said active",
    why: "if the worker dies in between, the device works, and the ticket says accepted forever",
  });
  stage.dynamoDb.release();
}
