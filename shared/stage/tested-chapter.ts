import { deviceAt } from "#shared/devices.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { Inspection } from "#shared/local-aws/inspection.ts";
import { readEndpoints } from "#shared/run/start-aws.ts";
import { startChapter } from "#shared/run/start-chapter.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { ChapterOptions } from "#shared/run/start-chapter.ts";
import type { Store } from "#shared/run/chapter-processes.ts";
import { eventually } from "#shared/stage/eventually.ts";
import { startProxy } from "#shared/stage/proxy.ts";
import type { Proxy } from "#shared/stage/proxy.ts";
import { startTcpProxy } from "#shared/stage/tcp-proxy.ts";
import type { TcpProxy } from "#shared/stage/tcp-proxy.ts";
import { usualWeather } from "#shared/vendor-simulator/weather.ts";

/** An answer of the API, read whole. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A chapter's real processes, with a proxy before each AWS service, and the customer's side of its API. */
export interface TestedChapter {
  readonly running: RunningChapter;
  readonly sqs: Proxy;
  readonly dynamoDb: Proxy;
  /** Before Lambda's Invoke. */
  readonly lambda: Proxy;
  /** Before the tables, wherever they are. */
  readonly table: { refuse: (on: boolean) => Promise<void>; hang: (on: boolean) => void };
  /** Asks for the activation of `deviceAt(index)`, as its customer. */
  activate: (index: number) => Promise<Answer>;
  request: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Waits until the ticket says so. */
  becomes: (status: string, eventId: unknown, patience?: { withinMs?: number }) => Promise<Answer>;
  /** Queues with their messages, and the function's environments. */
  inspect: () => Promise<Inspection>;
  provisionings: (index: number) => Promise<number>;
  vendorCalls: (index: number) => Promise<number>;
  /** Waits until the vendor works on this device. */
  openCall: (index: number) => Promise<void>;
}

/** What a tested chapter consists of. */
export interface TestedParts {
  running: RunningChapter;
  sqs: Proxy;
  dynamoDb: Proxy;
  lambda: Proxy;
  table: TestedChapter["table"];
  /** The chapter's processes first, then the proxies. */
  close: () => Promise<void>;
}

/** Short enough for tests, and always the same: `p99Ms` equal to `medianMs` is a delay without chance. */
export const fastWeather = { ...usualWeather, medianMs: 20, p99Ms: 20 };

const usualPatienceMs = 10_000;

/** Starts the chapter behind its proxies. If it can't, nothing is left running. */
export async function startTested(options: ChapterOptions): Promise<TestedParts> {
  const [sqs, dynamoDb, lambda] = await Promise.all([startProxy(), startProxy(), startProxy()]);
  const store = await startTcpProxy();
  const closeProxies = async () => {
    await Promise.all([sqs.close(), dynamoDb.close(), lambda.close(), store.close()]);
  };
  try {
    const running = await startChapter({
      weather: fastWeather,
      devices: 600,
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
    // What the chapter's processes have asked of AWS until now has waited for this.
    sqs.target(running.sqsUrl);
    dynamoDb.target(running.dynamoDbUrl);
    lambda.target(running.lambdaUrl);
    const close = async () => {
      await running.stop();
      await closeProxies();
    };
    const table = running.storeUrl === undefined ? dynamoDb : store;
    return { running, sqs, dynamoDb, lambda, table, close };
  } catch (error) {
    await closeProxies();
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

/** The customer's side of a chapter whose parts may exist only later: each use asks for them anew. */
export function testedChapter(
  parts: () => TestedParts,
  { answersWithinMs = usualPatienceMs } = {},
): TestedChapter {
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const url = new URL(path, parts().running.apiUrl);
    const response = await fetch(url, { signal: AbortSignal.timeout(answersWithinMs), ...init });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  };
  const vendor = () => parts().running.vendor;
  const addressOf = (index: number) => deviceAt(index).macAddress;

  return {
    get running() {
      return parts().running;
    },
    get sqs() {
      return parts().sqs;
    },
    get dynamoDb() {
      return parts().dynamoDb;
    },
    get table() {
      return parts().table;
    },
    get lambda() {
      return parts().lambda;
    },
    request,
    activate: (index) => request("/activations", asksFor(deviceAt(index))),
    becomes: (status, eventId, patience) =>
      eventually(async () => {
        const answer = await request(`/activations/${String(eventId)}`);
        if (answer.body["status"] !== status) {
          throw new Error(`Expected status ${status}, got ${JSON.stringify(answer.body)}`);
        }
        return answer;
      }, patience),
    inspect: () => readInspection(parts().running.inspectUrl, "with"),
    provisionings: async (index) => (await vendor().ledger()).provisionings[addressOf(index)] ?? 0,
    vendorCalls: async (index) =>
      (await vendor().ledger()).calls.filter(({ macAddress }) => macAddress === addressOf(index)).length,
    openCall: (index) =>
      eventually(async () => (await vendor().openCalls()).includes(addressOf(index))).then(() => {}),
  };
}

/** The request that asks for an activation. */
export function asksFor(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
