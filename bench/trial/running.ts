import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

export type { ReachableChapter as RunningChapter } from "#shared/run/running-chapter.ts";

export interface StartOptions {
  folder: string;
  weather: Partial<Weather>;
  devices: number;
  consumers: boolean;
  parameters?: Readonly<Record<string, string>>;
  maximumConcurrency?: number;
  onLine: (process: string, line: string) => void;
}

export type StartChapter = (options: StartOptions) => Promise<ReachableChapter>;
