import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#shared/stage/eventually.ts";
import type { Answer, Stage } from "#shared/stage/stage.ts";
import { needs } from "#shared/workshop/course/task.ts";

const shown = 80;

/** The eventId of the ticket in an answer. If there is none, leaves the task open with what came instead. */
export function ticketIn(answer: Answer, did: string): string {
  const { eventId } = answer.body;
  needs(typeof eventId === "string", {
    did,
    expected: "a ticket as JSON, with its eventId",
    saw: bodyOf(answer),
    why: "without the eventId the customer can't ask for the ticket later",
  });
  return eventId;
}

/** Requests an activation. Returns its ticket's eventId. */
export async function askFor(stage: Stage, index: number): Promise<string> {
  return ticketIn(await stage.activate(index), "asked for an activation");
}

// An answer that doesn't wait arrives within this time.
const answersWithinMs = 300;

/** As long as the table confirms no write of a ticket, the API has nothing to hand out. */
export async function ticketBeforeAnswer(stage: Stage): Promise<void> {
  const table = stage.running.outputs["ACTIVATIONS_TABLE"] ?? "";
  stage.dynamoDb.hold(
    ({ operation, body }) => /^(Update|Put)Item$/.test(operation ?? "") && body.includes(`"${table}"`),
  );
  const asked = stage.activate(stage.newDevice());
  // Its outcome is known by then, or doesn't matter any more.
  asked.catch(() => {});
  const isHeld = eventually(() => stage.dynamoDb.held() > 0).then(() => sleep(answersWithinMs, undefined));
  isHeld.catch(() => {});
  const answer = await Promise.race([asked, isHeld]);
  // A copy that waits has not answered yet or, on a slow machine, answers an error after the SDK's timeouts.
  needs(answer === undefined || answer.status >= 400, {
    did: "asked for an activation while the table confirmed no write of a ticket",
    expected: "no answer until the ticket is written",
    saw: `${answer?.status ?? 0}: the answer came before the table had the ticket`,
    why: "the customer may ask for a ticket that was never written, and a repeated request starts the work again",
  });
  stage.dynamoDb.release();
}

/** An answer in a few words, with the usual reason for a body that is not JSON. */
export function bodyOf({ status, text }: Answer): string {
  const words = text.trim();
  if (words === "") {
    return `${status} with an empty body`;
  }
  if (words === "{}") {
    return `${status} with {}: so looks a promise as JSON; an \`await\` is missing, since \`tickets.accept\` and \`tickets.read\` return promises`;
  }
  return `${status} with ${words.slice(0, shown)}${isJson(words) ? "" : ", which is not JSON"}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
