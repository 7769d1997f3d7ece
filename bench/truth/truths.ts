import { join } from "node:path";
import { startChild } from "#shared/run/child-process.ts";
import * as z from "zod";

const stallSchema = z.object({
  kind: z.literal("stall"),
  serviceMs: z.number(),
  everyMs: z.number(),
  forMs: z.number(),
  /** When one of the stalls ended, by `performance.timeOrigin + performance.now()`. Another one ends every `everyMs`. */
  endsAtEpochMs: z.number(),
});

/** How a server answers, so that we know the right result of a measurement. */
export const truthSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fixed"), delayMs: z.number() }),
  z.object({
    kind: z.literal("two modes"),
    fastMs: z.number(),
    slowMs: z.number(),
    shareOfSlow: z.number(),
    seed: z.number(),
  }),
  stallSchema,
  z.object({
    kind: z.literal("odd HTTP"),
    answer: z.enum(["HEAD", "until the end", "103 first", "304"]),
    delayMs: z.number(),
  }),
]);

type Truth = z.infer<typeof truthSchema>;
export type OddAnswer = Extract<Truth, { kind: "odd HTTP" }>["answer"];
type Stall = z.infer<typeof stallSchema>;

interface OddBytes {
  method: string;
  /** Sent at once; the answer itself comes later. */
  first?: string;
  bytes: string;
  /** The connection ends with it. */
  ends?: true;
}

/** Valid answers that an instrument may misread, as bytes, with the method of the request. */
export const oddAnswers: Readonly<Record<OddAnswer, OddBytes>> = {
  // It announces a body that doesn't come.
  HEAD: { method: "HEAD", bytes: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" },
  "until the end": { method: "GET", bytes: "HTTP/1.1 200 OK\r\n\r\nuntil the connection ends", ends: true },
  "103 first": {
    method: "GET",
    first: "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n",
    bytes: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
  },
  // The length is that of the body that the client has already.
  "304": { method: "GET", bytes: "HTTP/1.1 304 Not Modified\r\ncontent-length: 100\r\n\r\n" },
};

/** How long the stall still lasts for a request at this moment. */
export function stallLeftMs(
  { everyMs, forMs, endsAtEpochMs }: Omit<Stall, "kind">,
  atEpochMs: number,
): number {
  const sinceEndMs = (((atEpochMs - endsAtEpochMs) % everyMs) + everyMs) % everyMs;
  const leftMs = everyMs - sinceEndMs;
  return leftMs <= forMs ? leftMs : 0;
}

/** How long requests at these moments must wait, whatever a measurement says. */
export function truthOfStall(stall: Stall, momentsEpochMs: readonly number[]): number[] {
  return momentsEpochMs.map((moment) => stallLeftMs(stall, moment) + stall.serviceMs);
}

/** A server with known delays in a separate process. */
export async function startTruth(truth: Truth) {
  let told: (tookMs: number[]) => void = () => {};
  const child = await startChild({
    name: "server of known delay",
    file: join(import.meta.dirname, "truth-server.ts"),
    args: [JSON.stringify(truth)],
    onMessage: (message) => {
      if (message["kind"] === "took") {
        told(message["tookMs"] as number[]);
      }
    },
  });
  const { url } = await child.ready;
  return {
    url: `${String(url)}/`,
    /** By its own clock, the time of each answer since the last call. */
    ownTimesMs: () =>
      new Promise<number[]>((resolve) => {
        told = resolve;
        child.send({ kind: "report" });
      }),
    stop: () => child.stop(1_000),
  };
}
