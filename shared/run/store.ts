import { join } from "node:path";
import * as z from "zod";
import { forkChild } from "./child-process.ts";
import type { Child } from "./child-process.ts";

const toldSchema = z.object({
  storeUrl: z.url(),
  environment: z.record(z.string(), z.string()),
  parameters: z.record(z.string(), z.string()),
});

/** A process of a chapter's own that holds its tables, in place of the embedded DynamoDB. */
export interface Store {
  /** What it holds, as JSON at `GET /`: `{ claims, tickets }`, for whoever checks the books. */
  url: string;
  /** For the API and the function. */
  environment: Record<string, string>;
  /** Of the template. */
  parameters: Record<string, string>;
}

/** A store that has begun to start. */
export interface StartingStore {
  child: Child;
  /** Where it will be, told before it is ready. Rejects with one sentence if it can't start. */
  told: Promise<Store>;
}

/** Forks a chapter's store.ts, which seeds the first `devices` devices itself. */
export function forkStore({
  folder,
  devices,
  onLine,
}: {
  folder: string;
  devices: number;
  onLine: (process: string, line: string) => void;
}): StartingStore {
  let tell: (store: Store) => void = () => {};
  const first = new Promise<Store>((resolve) => {
    tell = resolve;
  });
  const child = forkChild({
    name: "store",
    file: join(folder, "store.ts"),
    env: { DEVICES: String(devices) },
    onLine,
    onMessage: (message) => {
      if (message["kind"] === "told") {
        const { storeUrl: url, ...rest } = toldSchema.parse(message);
        tell({ url, ...rest });
      }
    },
  });
  // It is ready only after it has told; what it fails with is told by both.
  const told = Promise.race([first, child.ready.then(() => first)]);
  told.catch(() => {});
  return { child, told };
}
