import type { VendorControl } from "#shared/vendor/control.ts";
import type { Weather } from "#shared/vendor/weather.ts";

type Victim = "api" | "worker" | "function";

/** What the benchmark needs of a chapter that runs: a part of what `#shared/run` gives. */
export interface RunningChapter {
  apiUrl: string;
  dynamoDbUrl: string;
  inspectUrl: string;
  storeUrl?: string;
  outputs: Record<string, string>;
  overrides: Record<string, string>;
  vendor: VendorControl;
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
