import { deviceAt } from "#shared/devices.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import type { Store } from "#shared/run/chapter-processes.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import { readEndpoints } from "#shared/run/start-aws.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";
import { eventually } from "./eventually.ts";
import { startProxy, startTcpProxy } from "./proxy.ts";
import type { Proxy, TcpProxy } from "./proxy.ts";

/** An answer of the API, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON object that `text` is; empty if it is none. */
  body: Record<string, unknown>;
}

/** A running chapter that is watched and tampered with: the customer's side of its API, and a proxy before each service that it uses. */
export interface Stage {
  running: RunningChapter;
  sqs: Proxy;
  dynamoDb: Proxy;
  /** Before Lambda's Invoke. */
  lambda: Proxy;
  /** Before the tables, wherever they are. */
  table: { refuse: (on: boolean) => Promise<void>; hang: (on: boolean) => void };
  request: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Asks for the activation of `deviceAt(index)`, as its customer. */
  activate: (index: number) => Promise<Answer>;
  /** Waits until the ticket says so. */
  becomes: (status: string, eventId: unknown, patience?: { withinMs?: number }) => Promise<Answer>;
  /** Queues with their messages, and the function's environments. */
  inspect: () => Promise<Inspection>;
  provisionings: (index: number) => Promise<number>;
  vendorCalls: (index: number) => Promise<number>;
  /** Waits until the vendor works on this device. */
  openCall: (index: number) => Promise<void>;
  /** An index for `activate` that it has not given yet. */
  newDevice: () => number;
  /** Ends every trouble that was made, and lets what is under way end, unless it never does. */
  calm: () => Promise<void>;
  /** Stops all of it, by force if need be: the chapter's processes first, then the proxies. */
  close: () => Promise<void>;
}

export interface StageOptions extends ChapterOptions {
  /** How long a request may take. Default 10,000. */
  answersWithinMs?: number;
  /** How long to wait for what a chapter does by itself. Default 5,000. */
  patienceMs?: number;
  /** Puts something in place of the API's own process. */
  front?: (running: RunningChapter) => Promise<{ url: string; close: () => Promise<void> }>;
}

// Short enough for tests, and always the same: `p99Ms` equal to `medianMs` is a delay without chance.
const fastWeather = { ...usualWeather, medianMs: 20, p99Ms: 20 };
const idleWithinMs = 2_000;

/** Starts a chapter on a stage, in weather that is fast and always the same. If it can't, nothing is left running. */
export async function openStage({
  answersWithinMs = 10_000,
  patienceMs = 5_000,
  ...options
}: StageOptions): Promise<Stage> {
  const behind = await startBehindProxies(options);
  const { running, sqs, dynamoDb } = behind;
  const { vendor } = running;
  const addressOf = (index: number) => deviceAt(index).macAddress;

  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const url = new URL(path, running.apiUrl);
    const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs), ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: objectIn(text) };
  };
  const inspect = () => readInspection(running.inspectUrl, "with");
  const isIdle = async () => {
    const { queues, functions } = await inspect();
    const busy = functions.flatMap(({ environments }) => environments).some(({ state }) => state !== "idle");
    // With a function, what is in flight while no environment works has failed, and comes back in a time that may be long.
    const waiting = queues
      .filter(({ url }) => url !== running.outputs["DEAD_LETTER_QUEUE_URL"])
      .some(
        ({ visible, delayed, inFlight }) => visible + delayed + (functions.length > 0 ? 0 : inFlight) > 0,
      );
    return !busy && !waiting && (await vendor.openCalls()).length === 0;
  };
  let nextDevice = 0;
  return {
    ...behind,
    request,
    activate: (index) => request("/activations", asksFor(deviceAt(index))),
    becomes: (status, eventId, patience) =>
      eventually(
        async () => {
          const answer = await request(`/activations/${String(eventId)}`);
          if (answer.body["status"] !== status) {
            throw new Error(`Expected status ${status}, got ${JSON.stringify(answer.body)}`);
          }
          return answer;
        },
        { withinMs: patienceMs, ...patience },
      ),
    inspect,
    provisionings: async (index) => (await vendor.ledger()).provisionings[addressOf(index)] ?? 0,
    vendorCalls: async (index) =>
      (await vendor.ledger()).calls.filter(({ macAddress }) => macAddress === addressOf(index)).length,
    openCall: async (index) => {
      await eventually(async () => (await vendor.openCalls()).includes(addressOf(index)), {
        withinMs: patienceMs,
      });
    },
    newDevice: () => nextDevice++,
    calm: async () => {
      for (const proxy of [sqs, dynamoDb]) {
        proxy.release();
        proxy.hang(false);
        await proxy.refuse(false);
      }
      await vendor.setWeather({ ...fastWeather, ...options.weather });
      await running.aws.deliverTwice(0, [0]);
      await running.setConsumers(true);
      // What a copy never deletes keeps its queue from becoming empty; the next check is to find that out.
      await eventually(isIdle, { withinMs: idleWithinMs }).catch(() => {});
    },
  };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Who looks for something in it finds nothing, and can say what came in its place.
    return {};
  }
}

/** The request that asks for an activation. */
export function asksFor(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

async function startBehindProxies({
  front,
  ...options
}: Omit<StageOptions, "answersWithinMs" | "patienceMs">) {
  const [sqs, dynamoDb, lambda] = await Promise.all([startProxy(), startProxy(), startProxy()]);
  const store = await startTcpProxy();
  const closings = [sqs, dynamoDb, lambda, store].map((proxy) => () => proxy.close());
  const close = async () => {
    for (const closeOne of closings) {
      await closeOne();
    }
  };
  try {
    const running = await startChapter({
      weather: fastWeather,
      // As many as any test or check asks for; to seed 600 takes a third of a second longer.
      devices: 200,
      environment: {
        AWS_ENDPOINT_URL_SQS: sqs.url,
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      },
      // The same tests against another emulator, which the SDK's own variables name.
      // oxlint-disable-next-line node/no-process-env -- vitest keeps words of its command to itself
      endpoints: readEndpoints(process.env),
      changeStore: (told) => through(store, told),
      ...options,
    });
    closings.unshift(() => running.stop());
    // What the chapter's processes have asked of AWS until now has waited for this.
    sqs.target(running.sqsUrl);
    dynamoDb.target(running.dynamoDbUrl);
    lambda.target(running.lambdaUrl);
    const table = running.storeUrl === undefined ? dynamoDb : store;
    if (front === undefined) {
      return { running, sqs, dynamoDb, lambda, table, close };
    }
    const { url: apiUrl, close: closeFront } = await front(running);
    closings.unshift(closeFront);
    return { running: { ...running, apiUrl }, sqs, dynamoDb, lambda, table, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The store's addresses, moved to the proxy. A store has one server, so they name one port. */
function through(proxy: TcpProxy, store: Store): Store {
  const move = (values: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const url = new URL(value);
        proxy.target(Number(url.port));
        url.port = String(proxy.port);
        return [name, url.href];
      }),
    );
  return { ...store, environment: move(store.environment), parameters: move(store.parameters) };
}
