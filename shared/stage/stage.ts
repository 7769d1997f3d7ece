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

/** An answer of the API with its whole body. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** `text` parsed as a JSON object. Empty if it isn't one. */
  body: Record<string, unknown>;
}

/** The customer's side of an API. */
interface Customer {
  request: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Requests the activation of `deviceAt(index)`, as its customer. */
  activate: (index: number) => Promise<Answer>;
  /** Waits until the ticket has this status. */
  becomes: (status: string, eventId: unknown, patience?: { withinMs?: number }) => Promise<Answer>;
}

/** A running chapter under test: the customer's side of its API, and a proxy before each service that it uses. */
export interface Stage extends Customer {
  running: RunningChapter;
  sqs: Proxy;
  dynamoDb: Proxy;
  /** In front of Lambda's Invoke. */
  lambda: Proxy;
  /** In front of the tables, wherever they are. */
  table: { refuse: (on: boolean) => Promise<void>; hang: (on: boolean) => void };
  /** The queues with their messages, and the function's environments. */
  inspect: () => Promise<Inspection>;
  provisionings: (index: number) => Promise<number>;
  vendorCalls: (index: number) => Promise<number>;
  /** Waits until the vendor works on this device. */
  openCall: (index: number) => Promise<void>;
  /** The same stage, whose customers turn to another address of the API. */
  at: (apiUrl: string) => Stage;
  /** An index for `activate` that was not returned before. */
  newDevice: () => number;
  /** Ends every trouble, and lets running work end, unless it never does. */
  calm: () => Promise<void>;
  /** Stops everything, by force if necessary: the chapter's processes first, then the proxies. */
  close: () => Promise<void>;
}

export interface StageOptions extends ChapterOptions {
  /** How long a request may take. Default 10,000. */
  answersWithinMs?: number;
  /** How long to wait for what a chapter does on its own. Default 5,000. */
  patienceMs?: number;
  /** Replaces the API's process. */
  front?: (running: RunningChapter) => Promise<{ url: string; close: () => Promise<void> }>;
}

// Fast and always the same: `p99Ms` equal to `medianMs` means a constant delay.
const fastWeather = { ...usualWeather, medianMs: 20, p99Ms: 20 };
const idleWithinMs = 2_000;
// As many as any test or check asks for. Seeding 600 takes a third of a second longer.
const usualDevices = 200;

/** Starts a chapter on a stage, with fast and constant weather. If that fails, nothing is left running. */
export async function openStage({
  answersWithinMs,
  patienceMs = 5_000,
  ...options
}: StageOptions): Promise<Stage> {
  const behind = await startBehindProxies(options);
  const { running, sqs, dynamoDb } = behind;
  const { vendor } = running;
  const addressOf = (index: number) => deviceAt(index).macAddress;

  const inspect = () => readInspection(running.inspectUrl, "with");
  const isIdle = async () => {
    const { queues, functions } = await inspect();
    const busy = functions.flatMap(({ environments }) => environments).some(({ state }) => state !== "idle");
    // A message in flight while no environment works has failed. It may take long to come back.
    const waiting = queues
      .filter(({ url }) => url !== running.outputs["DEAD_LETTER_QUEUE_URL"])
      .some(
        ({ visible, delayed, inFlight }) => visible + delayed + (functions.length > 0 ? 0 : inFlight) > 0,
      );
    return !busy && !waiting && (await vendor.openCalls()).length === 0;
  };
  let nextDevice = 0;
  const customerAt = (apiUrl: string) =>
    customer(apiUrl, { answersWithinMs, patienceMs, devices: options.devices });
  const stage: Stage = {
    ...behind,
    ...customerAt(running.apiUrl),
    at: (apiUrl) => ({ ...stage, running: { ...running, apiUrl }, ...customerAt(apiUrl) }),
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
      // Another emulator could not be told to in the first place.
      if (running.processes().some(({ name }) => name === "aws")) {
        await running.aws.deliverTwice(0, [0]);
      }
      await running.setConsumers(true);
      // A copy that never deletes never empties its queue. The next check has to find that out.
      await eventually(isIdle, { withinMs: idleWithinMs }).catch(() => {});
    },
  };
  return stage;
}

interface Patience {
  answersWithinMs?: number | undefined;
  patienceMs: number;
  devices?: number | undefined;
}

function customer(apiUrl: string, { answersWithinMs = 10_000, patienceMs, devices }: Patience): Customer {
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const url = new URL(path, apiUrl);
    const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs), ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: objectIn(text) };
  };
  return {
    request,
    activate: async (index) => request("/activations", asksForDevice(index, devices)),
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
  };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // So a check that looks for a field finds nothing, and can report the text.
    return {};
  }
}

/** The request for the activation of `deviceAt(index)`. Throws if a stage with this many devices doesn't have it, since its API wouldn't. */
export function asksForDevice(index: number, devices = usualDevices): RequestInit {
  if (index >= devices) {
    throw new Error(
      `Expected one of the stage's ${devices} devices, counted from 0, got number ${index}; open the stage with more \`devices\`.`,
    );
  }
  return asksFor(deviceAt(index));
}

/** The request for an activation. */
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
      devices: usualDevices,
      environment: {
        AWS_ENDPOINT_URL_SQS: sqs.url,
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      },
      // The same tests run against another emulator if the SDK's variables name one.
      // oxlint-disable-next-line node/no-process-env -- vitest keeps the words of its command to itself
      endpoints: readEndpoints(process.env),
      changeStore: (told) => through(store, told),
      ...options,
    });
    closings.unshift(() => running.stop());
    // The chapter's requests to AWS have waited for this.
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

/** The store's addresses, redirected to the proxy. A store has one server, so they all have one port. */
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
