import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OpenTaskError } from "./task.ts";
import type { Finding } from "./task.ts";

/** A line that a process of the chapter wrote. */
export interface ProcessLine {
  process: string;
  line: string;
}

/** Why a copy could not be checked to the end. */
export interface Breakdown {
  finding: Finding;
  /** "handler.ts:31" */
  brokenAt?: string;
  /** It is not about the task: the copy doesn't start, doesn't answer, or ends. */
  doesNotRun?: true;
}

/** A mistake in a participant's file, and its place. */
interface Fault {
  brokenAt: string;
  text: string;
}

// Mistakes of a program's author. The errors that the checks provoke, such as a refused connection, have other names.
const mistake =
  /\b(?:(?:Type|Reference|Range|Syntax)Error|ValidationException|SerializationException|QueueDoesNotExist|ReceiptHandleIsInvalid|(?:Invalid|Missing)[A-Z]\w+): (?!fetch failed).+/;
// Node prints an error like this if nothing caught it, and the embedded Lambda for code that it can't load.
const uncaught = /^(?:Uncaught )?\w*Error: .+|^The function's code can't be loaded: .+/;

// What a full disk, a folder without permissions, or too many processes do to the checks themselves.
const machinesCodes = new Set([
  "ENOSPC",
  "EDQUOT",
  "EACCES",
  "EPERM",
  "EROFS",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "EAGAIN",
]);

/** The sentence about an error of this machine. Undefined if the error may be the copy's. */
export function machinesFault(error: unknown): string | undefined {
  const {
    code,
    message = "",
    cause,
  } = (error ?? {}) as { code?: unknown; message?: string; cause?: unknown };
  if (typeof code === "string" && machinesCodes.has(code)) {
    return `Your copy could not be checked, so nothing is said about it: ${message.replace(/\.$/, "")}. Free some space, or give the folder its rights back, and check again.`;
  }
  return cause === undefined ? undefined : machinesFault(cause);
}

/** What was going on besides an error: what the copy's processes wrote, and how busy the machine was. */
export interface Circumstances {
  lines: readonly ProcessLine[];
  folder: string;
  /** How many processes wanted each core during the whole wait. */
  loadPerCore: number;
}

// With this many processes per core, each is so slow that even a generous wait may be too short.
const busyLoadPerCore = 3;

/**
 * The sentence about a copy that can't be judged because the machine is too busy. Undefined if it can. What was seen, and not
 * only missed, counts even there: a wrong status, a process that ended, a mistake in the log.
 */
export function busyMachine(
  error: unknown,
  { lines, folder, loadPerCore }: Circumstances,
): string | undefined {
  const isSeen = lastDeath(lines) !== undefined || mistake.test(lastFault(lines, folder)?.text ?? "");
  const isLate =
    error instanceof OpenTaskError ? error.isLate : !isCut(error) && !isBroken(error, lines, folder);
  if (isSeen || !isLate || loadPerCore <= busyLoadPerCore) {
    return undefined;
  }
  const { expected } =
    error instanceof OpenTaskError ? error.finding : explainBreakdown(error, lines, folder).finding;
  return `Your copy could not be judged: ${Math.round(loadPerCore)} processes want each core of this machine, and what was waited for (${expected}) may only be late. Check again when it has less to do.`;
}

/** Whether it fails to start through its own fault. */
function isBroken(error: unknown, lines: readonly ProcessLine[], folder: string): boolean {
  const message = messageOf(error);
  return compileFault(message, lines, folder) !== undefined || /be ready, but it ended: /.test(message);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A finding that says what is wrong with a copy that doesn't start, doesn't answer, or ends in the middle of a check. */
export function explainBreakdown(error: unknown, lines: readonly ProcessLine[], folder: string): Breakdown {
  const message = messageOf(error);
  const fault = compileFault(message, lines, folder);
  const where = fault ?? lastFault(lines, folder);
  const finding =
    fault === undefined
      ? (startFinding(message) ?? {
          did: "asked your copy as a customer does, and looked at its queue, table and vendor",
          expected: "its processes to run on and to answer",
          saw: told(describe(error), lastDeath(lines) ?? where?.text),
          why: "a program that dies or hangs keeps no promise",
        })
      : {
          did: "started the chapter's processes from your files",
          expected: isTemplate(fault)
            ? `${fault.brokenAt} to be a template that can be deployed`
            : `${fault.brokenAt} to compile`,
          saw: questionMarkAt(folder, fault)
            ? "a `?` that is still in its place: write the number there"
            : fault.text,
          why: "nothing can be said about a program that does not start",
        };
  return { ...(where && { brokenAt: where.brokenAt }), doesNotRun: true, finding };
}

/** Turns the launcher's sentence about a process that didn't start into a finding. */
function startFinding(message: string): Finding | undefined {
  const [, name, withinMs, how] =
    /^Expected the (\w+) to be ready(?: within (\d+) ms, but it was silent|, but it ended: (.*))$/s.exec(
      message,
    ) ?? [];
  return name === undefined
    ? undefined
    : {
        did: `started the chapter's processes, the ${name} among them`,
        expected: `the ${name} to start and to stay`,
        saw:
          withinMs === undefined
            ? `it ended: ${how}`
            : `it was not ready after ${Number(withinMs) / 1_000} s, and said nothing`,
        why: "nothing can be said about a program that does not run",
      };
}

/** A check's finding, together with the mistake that the copy's own log names, if any. */
export function withLog(finding: Finding, lines: readonly ProcessLine[], folder: string): Breakdown {
  const where = lastFault(lines, folder);
  return where === undefined
    ? { finding }
    : { brokenAt: where.brokenAt, finding: { ...finding, saw: told(finding.saw, where.text) } };
}

/** Whether a request failed because no server answered it completely. Only the error's cause shows that. */
export function isCut(error: unknown): boolean {
  return error instanceof TypeError && error.message === "fetch failed";
}

function told(what: string, log: string | undefined): string {
  return log === undefined ? what : `${what} (its log: ${log.replace(/\.$/, "")})`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  if (error.name === "TimeoutError") {
    return "no answer, though it was waited for";
  }
  return isCut(error) ? "a connection that was refused, or cut" : error.message;
}

const isTemplate = ({ brokenAt }: Fault) => brokenAt.startsWith("template.yaml");

/** Whether a template's line is as it was handed out, or as a text shows it: with a `?` for the number. */
function questionMarkAt(folder: string, fault: Fault): boolean {
  const [file = "", line] = fault.brokenAt.split(":");
  const path = join(folder, file);
  const text = isTemplate(fault) && existsSync(path) ? readFileSync(path, "utf8") : "";
  return /:\s*\?/.test(text.split("\n")[Number(line) - 1] ?? "");
}

/** The embedded AWS names file and line of what it refuses. For TypeScript, esbuild prints them. */
function compileFault(message: string, lines: readonly ProcessLine[], folder: string): Fault | undefined {
  const printed = lines.findLast(({ line }) => line.includes(": ERROR: ") && isIn(folder, line))?.line;
  const [, file, line, text] =
    /([^/]+\.(?:ts|yaml)):(\d+)(?::\d+)?: (?:ERROR: )?(.+)$/m.exec(slashed(printed ?? message)) ?? [];
  return text === undefined ? undefined : { brokenAt: `${file}:${line}`, text: text.replace(/\.$/, "") };
}

/** The last mistake in the folder's own code that a process printed with its stack. */
function lastFault(lines: readonly ProcessLine[], folder: string): Fault | undefined {
  let fault: Fault | undefined;
  let text: string | undefined;
  for (const { line } of lines) {
    if (!/^\s+at /.test(line)) {
      text = (mistake.exec(line) ?? uncaught.exec(line))?.[0];
    } else if (text !== undefined && isIn(folder, line)) {
      const [, brokenAt = ""] = /([^/]+:\d+):\d+\)?[ {]*$/.exec(slashed(line)) ?? [];
      fault = { brokenAt, text };
      // Only the innermost frame of a stack counts.
      text = undefined;
    }
  }
  return fault;
}

/** The last process that ended without being asked to, and how. */
export function lastDeath(lines: readonly ProcessLine[]): string | undefined {
  const isDeath = ({ process, line }: ProcessLine) => process === "launcher" && line.includes(" by itself ");
  return /^[^;]+/.exec(lines.findLast(isDeath)?.line ?? "")?.[0];
}

const slashed = (path: string) => path.replaceAll("\\", "/");
const isIn = (folder: string, line: string) => slashed(line).includes(`${slashed(folder)}/`);
