// What the trace learns from the tables. It reads only requests and dynalite's answers, never dynalite's internals, and
// records an event only once its write is done.
import type { IncomingMessage } from "node:http";
import { callerOf } from "#shared/tracing/caller.ts";
import type { Noted, TraceRecorder } from "#shared/tracing/recorder.ts";
import type { Observer } from "./dynamodb-exchange.ts";

/** An item as on the wire: `{ "status": { "S": "active" } }`. */
type Item = Readonly<Record<string, { S?: string; N?: string } | undefined>>;

interface Asked {
  Key?: Item;
  Item?: Item;
  UpdateExpression?: string;
  ExpressionAttributeValues?: Item;
}

interface Answered {
  Attributes?: Item;
  Item?: Item;
  __type?: string;
}

const target = /^DynamoDB_20120810\.(UpdateItem|PutItem|DeleteItem|GetItem)$/;

/** Records what a request leads to. Undefined if it leads to nothing, or nothing is recorded. */
export function observerOf(
  { headers }: Pick<IncomingMessage, "headers">,
  trace: TraceRecorder,
): Observer | undefined {
  const [, action] = target.exec(String(headers["x-amz-target"])) ?? [];
  if (action === undefined || !trace.isRecording) {
    return undefined;
  }
  const by = callerOf(headers);
  // Skips customers who look at their ticket: there are many of them.
  return action === "GetItem" && (by === "" || by === "api")
    ? undefined
    : new TableObserver(action, by, trace);
}

const nothing = "{}";

class TableObserver implements Observer {
  readonly #action: string;
  readonly #by: string;
  readonly #trace: TraceRecorder;
  #asked = "";
  #asksForNothing = false;

  constructor(action: string, by: string, trace: TraceRecorder) {
    this.#action = action;
    this.#by = by;
    this.#trace = trace;
  }

  /**
   * An update may ask for an empty answer, but only the answer says what the row contains afterwards. So we ask dynalite for
   * the new item and give the caller its empty answer. An update that asks for other values passes unchanged.
   */
  asked(body: string): string {
    this.#asked = body;
    const changed = this.#action === "UpdateItem" ? askingForNewItem(body) : undefined;
    this.#asksForNothing = changed !== undefined;
    return changed ?? body;
  }

  answered(answer: string, status: number, passOn: (answer: string) => void): void {
    passOn(this.#asksForNothing && status === 200 ? nothing : answer);
    // After the answer has been sent.
    const event = eventOf(this.#action, { asked: this.#asked, answer, status, by: this.#by });
    if (event !== undefined) {
      this.#trace.note(event);
    }
  }
}

/** The request changed to ask for the new item. Undefined if it asks for particular values itself. */
function askingForNewItem(asked: string): string | undefined {
  const nothingAsked = /"ReturnValues"\s*:\s*"NONE"/;
  const rest = asked.replace(nothingAsked, "");
  if (!rest.startsWith("{") || rest.includes('"Return')) {
    return undefined;
  }
  return rest === asked
    ? `{"ReturnValues":"ALL_NEW",${asked.slice(1)}`
    : asked.replace(nothingAsked, '"ReturnValues":"ALL_NEW"');
}

interface Exchanged {
  asked: string;
  answer: string;
  status: number;
  by: string;
}

/** The event to record. Undefined for a table that has nothing to do with activations, and for a failed request. */
function eventOf(action: string, { asked, answer, status, by }: Exchanged): Noted | undefined {
  let request: Asked;
  let answered: Answered;
  try {
    // Anyone may ask for anything, even `null`.
    request = (JSON.parse(asked) as Asked | null) ?? {};
    answered = JSON.parse(answer) as Answered;
  } catch {
    return undefined;
  }
  const key = request.Key ?? request.Item;
  const eventId = key?.["eventId"]?.S;
  if (status !== 200) {
    const isRefused = answered.__type?.endsWith("#ConditionalCheckFailedException") === true;
    return isRefused && eventId !== undefined ? { kind: "refused", eventId, by } : undefined;
  }
  if (eventId !== undefined) {
    return ofTicket(action, { request, answered, by });
  }
  const macAddress = key?.["macAddress"]?.S;
  const row = action === "PutItem" ? request.Item : answered.Attributes;
  return action === "GetItem" || macAddress === undefined || row === undefined
    ? undefined
    : ofInventory(request, row, macAddress, by);
}

/** A successful request for one ticket. */
function ofTicket(
  action: string,
  { request, answered, by }: { request: Asked; answered: Answered; by: string },
): Extract<Noted, { kind: "read" | "written" }> {
  const eventId = String((request.Key ?? request.Item)?.["eventId"]?.S);
  if (action === "GetItem") {
    return { kind: "read", eventId, status: answered.Item?.["status"]?.S, by };
  }
  const row = action === "PutItem" ? request.Item : answered.Attributes;
  return { kind: "written", eventId, ...stateOf(action === "DeleteItem" ? undefined : row), by };
}

const numberIn = (value: { N?: string } | undefined) =>
  value?.N === undefined ? undefined : Number(value.N);

const stateOf = (row: Item | undefined) => ({
  status: row?.["status"]?.S,
  activatedAtMs: numberIn(row?.["activatedAtMs"]),
  leaseOwner: row?.["leaseOwner"]?.S,
  leaseEndsAtMs: numberIn(row?.["leaseExpiresAtMs"]),
});

/** The inventory's rows get claimed. In chapter 01 they also say which device works. */
function ofInventory(request: Asked, row: Item, macAddress: string, by: string): Noted | undefined {
  const eventId = row["eventId"]?.S;
  if (eventId === undefined) {
    return undefined;
  }
  const wanted = request.ExpressionAttributeValues?.[":eventId"]?.S;
  if (wanted !== undefined) {
    return { kind: "claimed", eventId, macAddress, isFirst: eventId === wanted, by };
  }
  const activatedAtMs = numberIn(row["activatedAtMs"]);
  return activatedAtMs === undefined
    ? undefined
    : { kind: "written", eventId, status: "active", activatedAtMs, by };
}
