import { deviceAt } from "#shared/devices.ts";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { isQueued } from "./queue-and-table.ts";

export const course: Course = {
  chapter: "03",
  tasks: [
    {
      number: 1,
      title: "no answer before the queue has the work",
      file: "api.ts",
      hints: [
        "When may you promise that it will be done? When it lies where it survives this process.",
        "A promise that nobody awaits fails in silence. The answer has to wait for the send, and an error of the send has to become the answer.",
        "Awaited, an error is thrown: http.ts makes 503 of what the AWS SDK throws. So no `catch` here, or the customer is told 202 for nothing.",
        "Now the order: `await sqs.send(message)`, then `tickets.accept(activation)`, then the answer. Think of a process that dies between the first two: the repeat finds no ticket, and sends again.",
      ],
      check: sendFirst,
    },
    {
      number: 2,
      title: "delete when the device works",
      file: "worker.ts",
      hints: [
        "SQS keeps a message until somebody deletes it; receiving only hides it for a while. When is it safe to let it go?",
        "Delete it last: after the vendor, and after the ticket says active. What dies before that comes back by itself.",
        "If `provision` throws, the delete must not happen at all: so it stands in the `try`, after the others, and never in a `finally`.",
        "Three lines, each awaited: `provision(activation)`, `tickets.activate(activation)`, `sqs.send(deletion)`.",
      ],
      check: deleteLast,
    },
  ],
};

const isSend = ({ operation }: { operation: string | undefined }) => operation === "SendMessage";

/** The SDK asks twice; a copy that waits for the send knows after both that it is not confirmed. */
async function sendFirst(stage: Stage): Promise<void> {
  // The worker would write the ticket, too.
  await stage.running.setConsumers(false);
  stage.sqs.hold(isSend);
  const sentBefore = stage.sqs.seen.filter(isSend).length;
  const index = stage.newDevice();
  const { status } = await stage.activate(index);
  const attempts = stage.sqs.seen.filter(isSend).length - sentBefore;
  needs(status >= 400, {
    did: "asked for an activation while the queue confirmed no message",
    expected: "503, since the work is not safe yet",
    saw:
      attempts > 1
        ? `${status}: the send failed, and its error was swallowed`
        : `${status}: the answer came before the queue had the message`,
    why: "if the process dies now, or the queue is away, the customer holds a ticket that nobody works on",
  });

  stage.sqs.release();
  const repeated = await stage.activate(index);
  needs(repeated.status === 202, {
    did: "let the queue answer again, and repeated the request that had failed",
    expected: "202: the message is sent again, and then the ticket is written",
    saw: `${repeated.status}: ${repeated.status === 200 ? "the ticket was there before the message" : "no ticket"}`,
    why: "the repeat finds a ticket and starts nothing, so the request that failed half-way is never mended",
  });
  const messages = (await stage.inspect()).queues.flatMap((queue) => queue.messages);
  needs(
    messages.some(({ body }) => body.includes(String(repeated.body["eventId"]))),
    {
      did: "looked into the queue after the 202, with the worker stopped",
      expected: 'a message with the "eventId" of the ticket',
      saw: `${messages.length} messages, none with it`,
      why: "the worker learns from the message, and only from it, which ticket it works for",
    },
  );
  await stage.running.setConsumers(true);
  await otherwise(stage.becomes("active", repeated.body["eventId"]), {
    did: "started the worker again",
    expected: "the ticket to become active within 5 s",
    saw: "another status",
    why: "the queue keeps the work so that somebody can do it",
  });
}

async function deleteLast(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  // Its calls fail, as if the vendor had a bad hour.
  const unlucky = stage.newDevice();
  await vendor.setWeather({ hold: true, poison: [deviceAt(unlucky).macAddress] });
  const { body: first } = await stage.activate(unlucky);
  await otherwise(stage.openCall(unlucky), {
    did: "asked for an activation, and watched the vendor",
    expected: "a call at the vendor within 5 s",
    saw: "none: the worker does not work on the message",
    why: "a message that nobody works on is a device that never works",
  });
  needs(await isQueued(stage, String(first["eventId"])), {
    did: "looked into the queue while the vendor worked on the device",
    expected: "the message in flight: received, and not deleted",
    saw: "no message: it was deleted before the device worked",
    why: "a worker that dies now takes the work with it, as in 02, for all that there is a queue",
  });

  // One after the other: once the second device works, the first is settled, whatever became of it.
  const lucky = stage.newDevice();
  const { body: second } = await stage.activate(lucky);
  await vendor.setWeather({ hold: false });
  await otherwise(stage.becomes("active", second["eventId"]), {
    did: "let the vendor fail for one device, and asked for another",
    expected: "the ticket of the other to become active within 5 s",
    saw: "another status",
    why: "one bad device must not stop all that come after it",
  });
  needs(await isQueued(stage, String(first["eventId"])), {
    did: "let the vendor fail for one device, and looked into the queue",
    expected: "its message still there, so that SQS delivers it again",
    saw: "no message: it was deleted although the provisioning had failed",
    why: "nobody tries again, and the ticket says accepted for ever",
  });
  await otherwise(
    eventually(async () => !(await isQueued(stage, String(second["eventId"]))), { withinMs: 2_000 }),
    {
      did: "looked into the queue after the device worked",
      expected: "no message of that device",
      saw: "its message: it was never deleted",
      why: "SQS delivers it again when its visibility timeout ends, and the device is provisioned again, and again",
    },
  );
}
