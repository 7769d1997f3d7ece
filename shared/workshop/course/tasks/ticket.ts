import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "#shared/stage/eventually.ts";
import type { Answer, Stage } from "#shared/stage/stage.ts";
import { needs } from "#shared/workshop/course/task.ts";

const shown = 80;

/** The eventId of the ticket that an answer hands out. Leaves the task open if it has none, with what came in its place. */
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

/** Asks for an activation, and gives the eventId of its ticket. */
export async function askFor(stage: Stage, index: number): Promise<string> {
  return ticketIn(await stage.activate(index), "asked for an activation");
}

// An answer that does not wait is on its way by then.
const answersWithinMs = 300;

/** While the table confirms no write of a ticket there is nothing to hand out. */
export async function ticketBeforeAnswer(stage: Stage): Promise<void> {
  const table = stage.running.outputs["ACTIVATIONS_TABLE"] ?? "";
  stage.dynamoDb.hold(
    ({ operation, body }) => /^(Update|Put)Item$/.test(operation ?? "") && body.includes(`"${table}"`),
  );
  const asked = stage.activate(stage.newDevice());
  // What becomes of it is known by then, or does not matter any more.
  asked.catch(() => {});
  const isHeld = eventually(() => stage.dynamoDb.held() > 0).then(() => sleep(answersWithinMs, undefined));
  isHeld.catch(() => {});
  const answer = await Promise.race([asked, isHeld]);
  // Whoever waits has no answer yet, or, on a slow machine, an error after the SDK's time-outs.
  needs(answer === undefined || answer.status >= 400, {
    did: "asked for an activation while the table confirmed no write of a ticket",
    expected: "no answer until the ticket is written",
    saw: `${answer?.status ?? 0}: the answer came before the table had the ticket`,
    why: "the customer may ask for a ticket that was never written, and a repeated request starts the work again",
  });
  stage.dynamoDb.release();
}

/** An answer in a few words, with the usual reason for a body that is none. */
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
