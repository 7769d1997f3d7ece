/** A message as nobody could see it on AWS, since looking at one there hides it. */
interface InspectedMessage {
  messageId: string;
  body: string;
  receiveCount: number;
  state: "visible" | "inFlight" | "delayed";
  sentAtMs: number;
}

/** A queue at one moment. */
interface InspectedQueue {
  name: string;
  url: string;
  arn: string;
  visible: number;
  inFlight: number;
  delayed: number;
  oldestAgeSeconds: number;
  /** Left out by `?bodies=no`. */
  messages: InspectedMessage[];
}

/** Events that Lambda has accepted and not done; on AWS there are only metrics. Counts are since the start. */
interface InspectedAsyncEvents {
  received: number;
  discarded: number;
  waiting: number;
  running: number;
  oldestAgeSeconds: number;
  /** Left out by `?bodies=no`. */
  events: {
    requestId: string;
    payload: string;
    state: "waiting" | "running";
    invokeCount: number;
    throttleCount: number;
  }[];
}

/** A function at one moment; the counts are since the start. */
export interface InspectedFunction {
  name: string;
  mappingEnabled: boolean;
  invocations: number;
  errors: number;
  timeouts: number;
  asyncEvents: InspectedAsyncEvents;
  environments: {
    pid: number;
    state: "starting" | "idle" | "busy";
    /** Of the records it works on now. */
    bodies: readonly string[];
  }[];
}

/** What the embedded AWS shows at `GET {inspectUrl}/`: everything, at one moment, without changing it. */
export interface Inspection {
  atMs: number;
  queues: InspectedQueue[];
  functions: InspectedFunction[];
}

/** Reads it from a running embedded AWS; `without` the queues' messages it is cheap enough to ask again and again. */
export async function readInspection(inspectUrl: string, messages: "with" | "without"): Promise<Inspection> {
  const url = new URL(messages === "with" ? "/" : "/?bodies=no", inspectUrl);
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) {
    throw new Error(`Expected the embedded AWS to answer at ${inspectUrl}, got ${response.status}`);
  }
  return (await response.json()) as Inspection;
}
