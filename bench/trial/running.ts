import type { VendorControl } from "#shared/vendor-simulator/control.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

type Victim = "api" | "worker" | "function";

/** What the benchmark needs of a chapter that runs: a part of what `#shared/run` gives. */
export interface RunningChapter {
  apiUrl: string;
  /** Sent with every request, where the API asks for a key. */
  headers?: Readonly<Record<string, string>>;
  /** Undefined: where the SDK's own settings say. */
  dynamoDbUrl?: string;
  inspectUrl: string;
  storeUrl?: string;
  outputs: Record<string, string>;
  overrides: Record<string, string>;
  vendor: VendorControl;
  /** For how long nothing must be seen, and how often to look, where what one sees is approximate. */
  settle?: { quietForMs: number; everyMs: number };
  /** How far the clock that its tickets are written by is ahead of this machine's; undefined: it is this machine's. */
  clockAheadMs?: number;
  /** It is the next trial's, too: that one is started when this one is over and read, not while it is drained. */
  isShared?: true;
  aws: { deliverTwice: (everyNth: number, delaysMs: number[]) => Promise<void> };
  worksWith: () => Victim;
  kill: (target: Victim) => Promise<{ openCalls: string[] }>;
  redrive: () => Promise<string>;
  setConsumers: (on: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

export interface StartOptions {
  folder: string;
  weather: Partial<Weather>;
  devices: number;
  consumers: boolean;
  parameters?: Readonly<Record<string, string>>;
  maximumConcurrency?: number;
  onLine: (process: string, line: string) => void;
}

export type StartChapter = (options: StartOptions) => Promise<RunningChapter>;
