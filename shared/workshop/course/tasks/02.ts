import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { needs, otherwise } from "#shared/workshop/course/task.ts";
import type { Course } from "#shared/workshop/course/task.ts";
import { askFor, bodyOf, ticketBeforeAnswer, ticketIn } from "./ticket.ts";

export const course: Course = {
  chapter: "02",
  tasks: [
    {
      number: 1,
      title: "answer first",
      file: "api.ts",
      hints: [
        "What does the customer need right now: a working device, or your promise of one? Look at what the answer waits for.",
        "Put three steps in a new order: write the ticket, answer with it, then do the work. Await only the first before you answer.",
        "The function `activate` at the end of api.ts does the work, and catches its errors. Call it after the answer, without `await`. Write `void` before it, to show that you mean it.",
        "`tickets.accept(activation)` returns the ticket. Answer with status 202, the header Location (`statusUrl`), Retry-After 1, and the ticket as JSON.",
      ],
      check: answerFirst,
    },
    {
      number: 2,
      title: "GET the ticket",
      file: "api.ts",
      hints: [
        "The Location of your 202 leads nowhere yet. Which request does the customer send there?",
        'Add a second route beside `api.post`: `api.get("/activations/:eventId", ...)`. The eventId is in `request.params`.',
        "`tickets.read(eventId)` returns the ticket, or undefined if there is none. Answer that with a 404, not an empty 200.",
        "`answerTicket(response, ticket)` of http.ts does both: it answers with the ticket, or with 404.",
      ],
      check: getTheTicket,
    },
  ],
};

// Less than the 3 s after which the copy gives up on a silent vendor, and far more than one write takes.
const answersWithinMs = 2_500;
// Once the vendor has the call, an answer that didn't wait for it is a few milliseconds away.
const answersAfterCallMs = 1_000;
const diesWithinMs = 1_500;

async function answerFirst(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  await vendor.setWeather({ hold: true });
  const index = stage.newDevice();
  const asked = stage.activate(index);
  // It may fail after we have stopped waiting for it.
  asked.catch(() => {});
  const called = stage.openCall(index).then(
    () => sleep(answersAfterCallMs),
    () => sleep(answersWithinMs),
  );
  const answer = await Promise.race([asked, called, sleep(answersWithinMs)]);
  const did = "asked for an activation while the vendor took its time";
  const saw =
    (await stage.vendorCalls(index)) > 0
      ? `no answer ${answersAfterCallMs / 1_000} s after the vendor was called: the request waits for the vendor`
      : `no answer in ${answersWithinMs / 1_000} s, and no call at the vendor either`;
  const expected = "the answer 202 at once, while the vendor works";
  const why =
    "the customer waits as long as the vendor takes, and nobody needs the device in the next second";
  needs(answer !== undefined, { did, expected, saw, why }, { isLate: true });
  needs(answer.status === 202, {
    did,
    expected: "the status 202, and a ticket",
    saw: `the status ${answer.status}`,
    why: "200 and 201 say that it is done; 202 says that you have the request, and that it isn't done yet",
  });
  const path = `/activations/${ticketIn(answer, did)}`;
  const location = answer.headers.get("location");
  // It may also be an absolute URL.
  needs(location !== null && new URL(location, stage.running.apiUrl).pathname === path, {
    did,
    expected: `a header Location: ${path}`,
    saw: `Location: ${location ?? "none"}`,
    why: "a customer who isn't told where the ticket is has to guess",
  });
  needs(answer.headers.get("retry-after") !== null, {
    did,
    expected: "a header Retry-After, with a number of seconds",
    saw: "Retry-After: none",
    why: "customers who don't know when to look again look all the time",
  });
  await otherwise(stage.openCall(index), {
    did: `${did}, and looked at the vendor after the 202`,
    expected: "a call at the vendor for this device",
    saw: "no call in 5 s: no one started the work",
    why: "the customer holds a ticket, and nothing will ever happen for it",
  });
  await ticketBeforeAnswer(stage);
  await vendor.setWeather({ hold: false });
  await otherwise(
    eventually(async () => (await stage.activate(index)).body["status"] === "active"),
    {
      did: "let the vendor finish, and asked for the same device again",
      expected: "the ticket of the first request, with status active",
      saw: "a ticket that is not active after 5 s",
      why: "the device works, and no one ever tells the customer",
    },
  );
  await outlivesAFailure(stage);
}

/** Node ends a process at an uncaught error. The vendor fails once, and the API must survive. */
async function outlivesAFailure(stage: Stage): Promise<void> {
  const apiPid = () => stage.running.processes().find(({ name }) => name === "api")?.pid;
  const pidBefore = apiPid();
  await stage.running.vendor.setWeather({ answer: "fail" });
  const eventId = await askFor(stage, stage.newDevice());
  const isDead = () => apiPid() !== pidBefore;
  // A copy that recorded the failure has caught it. Any other is watched for a while.
  const isWrittenDown = () =>
    stage.dynamoDb.seen.some(({ body }) => body.includes(eventId) && body.includes('"failed"'));
  await eventually(() => isDead() || isWrittenDown(), { withinMs: diesWithinMs }).catch(() => {});
  needs(!isDead(), {
    did: "let the vendor fail for one device, after the answer",
    expected: "the API to live on",
    saw: "the API ended: the work failed, no one awaits it, and no one caught its error",
    why: "one bad device ends the process, and every other activation in its memory is lost",
  });
}

async function getTheTicket(stage: Stage): Promise<void> {
  const { vendor } = stage.running;
  await vendor.setWeather({ hold: true });
  const index = stage.newDevice();
  const eventId = await askFor(stage, index);
  const answer = await stage.request(`/activations/${eventId}`);
  const { status, body } = answer;
  needs(status === 200 && body["status"] === "accepted" && body["eventId"] === eventId, {
    did: "asked with GET for a ticket while the vendor worked on it",
    expected: "200 and the ticket, with status accepted",
    saw: status === 200 ? bodyOf(answer) : `the status ${status}`,
    why: "the 202 was a promise; without the ticket the customer can't see whether you kept it",
  });
  await vendor.setWeather({ hold: false });
  await otherwise(stage.becomes("active", eventId), {
    did: "let the vendor finish, and asked for the ticket again",
    expected: "status active within 5 s",
    saw: "another status",
    why: "the customer still waits for a device that works",
  });

  const unknown = await stage.request("/activations/7885ca34-f3ff-4575-b062-da50e9ae746a");
  needs(unknown.status === 404, {
    did: "asked for a ticket that doesn't exist",
    expected: "404",
    saw: `${unknown.status} with ${unknown.text.trim().slice(0, 80) || "an empty body"}`,
    why: "a customer who mistypes a ticket thinks that it exists, and waits for nothing",
  });
}
