import { counted, duration, wrapped } from "../figures/format.ts";
import type { ClosedLoop, Measured, OpenLoop } from "./report.ts";

const width = 80;
const indent = "             ";

/** For people, at 80 columns. */
export function measuredLines(measured: Measured): string[] {
  const { url, method, openLoop, closedLoop, complete, problems } = measured;
  return [
    `${method} ${url}`,
    ...(openLoop === undefined ? [] : openLines(openLoop, measured.seed)),
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
