// What the trace learns from the tables. It reads only requests and dynalite's answers, never dynalite's internals, and
// records an event only once its write is done.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { override } from "#shared/override.ts";
import { callerOf } from "#shared/tracing/caller.ts";
import type { Noted, TraceRecorder } from "#shared/tracing/recorder.ts";

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

/** Listens before dynalite, and records what each request led to. */
export function noteTables(trace: TraceRecorder): RequestListener {
  return (request, response) => {
    const [, action] = target.exec(String(request.headers["x-amz-target"])) ?? [];
    if (action === undefined || !trace.isRecording) {
      return;
    }
    const by = callerOf(request.headers);
    // Skips customers who look at their ticket: there are many of them.
    if (action !== "GetItem" || !(by === "" || by === "api")) {
      note({ request, response, action, by, trace });
    }
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  action: string;
  by: string;
  trace: TraceRecorder;
}

function note({ request, response, action, by, trace }: Exchange): void {
  const body = action === "UpdateItem" ? askForNewItem(request) : wholeBody(request);
  const end = response.end.bind(response) as (...values: unknown[]) => ServerResponse;
  override(response, "end", (text?: unknown, ...rest: unknown[]) => {
    const answer = typeof text === "string" ? text : "";
    if (body.isChanged && response.statusCode === 200) {
      // The caller asked for no values, so it gets none.
      response.setHeader("Content-Length", nothing.length);
      response.setHeader("x-amz-crc32", crc32OfNothing);
      end(nothing, ...rest);
    } else {
      end(text, ...rest);
    }
    // After the answer has been sent.
    const event = eventOf(action, { asked: body.text(), answer, status: response.statusCode, by });
    if (event !== undefined) {
      trace.note(event);
    }
    return response;
  });
}

const nothing = "{}";
const crc32OfNothing = 2_745_614_147;

interface Body {
  text: () => string;
  isChanged: boolean;
}

function wholeBody(request: IncomingMessage): Body {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { text: () => Buffer.concat(chunks).toString(), isChanged: false };
}

// An item has 400 kB at most. dynalite refuses longer requests itself, so they pass through.
const gatheredMax = 1_000_000;

/**
 * An update may ask for an empty answer, but only the answer says what the row contains afterwards. So we ask dynalite for
 * the new item and give the caller its empty answer. An update that asks for other values passes unchanged.
 */
function askForNewItem(request: IncomingMessage): Body {
  const body: Body = { text: () => asked, isChanged: false };
  const emit = request.emit.bind(request);
  let asked = "";
  const chunks: Buffer[] = [];
  let length = 0;
  const gather = (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > gatheredMax) {
      chunks.splice(0).forEach((each) => emit("data", each));
    }
    return true;
  };
  const change = () => {
    if (length > 0) {
      asked = Buffer.concat(chunks).toString();
      const wanted = askingForNewItem(asked);
      body.isChanged = wanted !== undefined;
      emit("data", Buffer.from(wanted ?? asked));
    }
    return emit("end");
  };
  override(request, "emit", (event: string, ...values: unknown[]) => {
    if (length <= gatheredMax && event === "data") {
      return gather(values[0] as Buffer);
    }
    return length <= gatheredMax && event === "end" ? change() : emit(event, ...values);
  });
  return body;
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
    [request, answered] = [JSON.parse(asked) as Asked, JSON.parse(answer) as Answered];
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
