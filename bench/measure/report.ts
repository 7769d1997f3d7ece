import { closedLoopSchema as answersSchema, quantilesSchema } from "#shared/results.ts";
import * as z from "zod";
import { counted, duration, wrapped } from "../figures/format.ts";

const count = z.int().min(0);
const ms = z.number().min(0);
const errors = z.record(z.string(), count);

/** Whether the figures are reliable, and if not, why. */
const trust = { trustworthy: z.boolean(), reasons: z.array(z.string()) };

const openLoopSchema = z.object({
  perSecond: z.number(),
  seconds: z.number(),
  /** How many requests the schedule has. Those that Ctrl-C left out are in no figure. */
  scheduled: count,
  /** Counted from when a request was due. Anything but a 2xx answer is longer than anything. */
  response: quantilesSchema,
  /** Of all 2xx answers. Absent if there was none. */
  fastestMs: ms.optional(),
  errors,
  sender: z.object({ lateP50Ms: ms, lateP99Ms: ms.optional(), lateMaxMs: ms, cpuShare: ms }),
  ...trust,
});

const closedLoopSchema = answersSchema.extend({ errors, ...trust });

/** What `npm run measure URL json` prints. */
export const measurementSchema = z.object({
  schemaVersion: z.literal(1),
  url: z.url(),
  method: z.string(),
  seed: z.int(),
  limitSeconds: z.number(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  /** False if Ctrl-C or the server's end came first. */
  complete: z.boolean(),
  /** True only if every loop is. */
  trustworthy: z.boolean(),
  /** What went wrong, in sentences. */
  problems: z.array(z.string()),
  openLoop: openLoopSchema.optional(),
  closedLoop: closedLoopSchema.optional(),
});

export type OpenLoop = z.infer<typeof openLoopSchema>;
export type ClosedLoop = z.infer<typeof closedLoopSchema>;
export type Measurement = z.infer<typeof measurementSchema>;

const width = 80;
const indent = "             ";

/** The same for people, in 80 columns. */
export function measurementLines(measurement: Measurement): string[] {
  const { url, method, openLoop, closedLoop, complete, problems } = measurement;
  return [
    `${method} ${url}`,
    ...(openLoop === undefined ? [] : openLines(openLoop, measurement.seed)),
    ...(closedLoop === undefined ? [] : closedLines(closedLoop)),
    ...(complete ? [] : ["", "Not complete: these are the answers that had come by then."]),
    ...(problems.length === 0 ? [] : ["", ...problems.flatMap((problem) => wrapped(problem, width, ""))]),
  ];
}

function openLines(loop: OpenLoop, seed: number): string[] {
  const { perSecond, seconds, scheduled, sender } = loop;
  const p99 = sender.lateP99Ms === undefined ? "" : `p99 ${duration(sender.lateP99Ms)}, `;
  return [
    "",
    `Open loop: ${perSecond} a second for ${seconds} s, seed ${seed}`,
    "What do they feel who come at their own pace, however slow the server is?",
    row("answered", `${answered(loop)} of ${counted(scheduled, "request")}`),
    ...common(loop),
    row(
      "sender",
      `late by p50 ${duration(sender.lateP50Ms)}, ${p99}max ${duration(sender.lateMaxMs)}; ` +
        `used ${sender.cpuShare.toFixed(2)} of a core`,
    ),
    verdict(loop),
  ];
}

function closedLines(loop: ClosedLoop): string[] {
  const { connections, seconds, answersPerSecond } = loop;
  return [
    "",
    `Closed loop: ${counted(connections, "connection")} for ${seconds} s`,
    "How fast can it answer, if each asks again as soon as it was answered?",
    row("answered", `${counted(answered(loop), "request")}, ${answersPerSecond.toFixed(1)} a second`),
    ...common(loop),
    verdict(loop),
  ];
}

const answered = ({ response }: OpenLoop | ClosedLoop) => response.count - response.never;

function common({ response, errors }: OpenLoop | ClosedLoop): string[] {
  const text = (ms: number | null) => (ms === null ? (response.count === 0 ? "-" : "never") : duration(ms));
  const { p50Ms, p90Ms, p99Ms, maxMs } = response;
  const p99 = p99Ms === undefined ? "" : `p99 ${text(p99Ms)}   `;
  const kinds = Object.entries(errors).map(([kind, times]) => `${times} x ${kind}`);
  return [
    row("took", `p50 ${text(p50Ms)}   p90 ${text(p90Ms)}   ${p99}max ${text(maxMs)}`),
    row("errors", kinds.length === 0 ? "none" : `${kinds.join(", ")}: each counts as \`never\` above`),
  ];
}

function verdict({ trustworthy, reasons }: OpenLoop | ClosedLoop): string {
  return row("verdict", trustworthy ? "trustworthy" : `NOT TRUSTWORTHY: ${reasons.join("; ")}`);
}

function row(name: string, text: string): string {
  const [first = "", ...more] = wrapped(text, width - indent.length, "");
  return [`  ${name}`.padEnd(indent.length) + first, ...more.map((line) => indent + line)].join("\n");
}
