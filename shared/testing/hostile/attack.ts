import { connect } from "node:net";
import { Dice } from "./dice.ts";
import { hostileRequest } from "./requests.ts";
import type { HostileRequest, Sample } from "./requests.ts";

/** A server to attack. */
export interface Target {
  name: string;
  url: string;
  samples: readonly Sample[];
  /** What is wrong with an answer, besides what would be wrong for any server. Undefined: nothing. */
  judge?: (answer: HostileAnswer) => string | undefined;
  /** Whether its contract allows this 5xx answer. Default: none is allowed. */
  mayFail?: (answer: HostileAnswer) => boolean;
}

/** The beginning of an answer, as text. */
export interface HostileAnswer {
  /** Undefined: there was no answer. */
  status: number | undefined;
  /** With lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

interface AttackOptions {
  /** How many, sent to the targets in turn. */
  requests: number;
  seed: number;
}

const atOnce = 8;
const answersWithinMs = 30_000;
const mostComplaints = 5;
const keptCharacters = 20_000;
// A server that refuses a body without reading it closes the connection, and the answer may get lost.
const surelyReadBytes = 8_000;

/**
 * Sends hostile requests. Returns what is wrong with the answers, each with its request, which the seed reproduces. Wrong are a 5xx
 * that the contract doesn't allow, a stack, and no answer at all. Rejects if a server is gone.
 */
export async function attack(
  targets: readonly Target[],
  { requests, seed }: AttackOptions,
): Promise<string[]> {
  const complaints: string[] = [];
  let next = 0;
  const goOn = async () => {
    while (next < requests && complaints.length < mostComplaints) {
      const number = next;
      next += 1;
      const target = targets[number % targets.length] as Target;
      const { host, port } = new URL(target.url);
      const request = hostileRequest(target.samples, host, new Dice(seed * 1_000_000 + number));
      const what = `request ${number} of seed ${seed} to ${target.name} (${request.how})`;
      const answer = await ask(Number(port), request).catch((cause: unknown) => {
        throw new Error(`Expected a server, got none for ${what}: ${shown(request.bytes)}`, { cause });
      });
      const wrong = wrongWith(target, request, answer);
      if (wrong !== undefined) {
        complaints.push(`${what}: ${wrong}\n> ${shown(request.bytes)}\n< ${JSON.stringify(answer)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, goOn));
  return complaints;
}

const shown = (bytes: Buffer) => JSON.stringify(bytes.toString("latin1").slice(0, 2_000));

const stack = /(?:\n|\\n)\s+at \S+ |node_modules|\.[cm]?[jt]s:\d+/;

function wrongWith(target: Target, request: HostileRequest, answer: HostileAnswer): string | undefined {
  const { status, headers, body } = answer;
  if (status === undefined) {
    const mayBeCut = request.isCut || request.bytes.length > surelyReadBytes;
    return mayBeCut ? undefined : "no answer";
  }
  if (status >= 500 && target.mayFail?.(answer) !== true) {
    return `an answer of ${status}`;
  }
  if (stack.test(body) || stack.test(Object.values(headers).join("\n"))) {
    return "a stack";
  }
  return target.judge?.(answer);
}

/** Sends it over a separate connection, byte by byte. Rejects if nothing listens. */
function ask(port: number, { bytes, isCut }: HostileRequest): Promise<HostileAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let text = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(readAnswer(text));
    };
    const timer = setTimeout(end, answersWithinMs);
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      if (text.length < keptCharacters) {
        text += chunk;
      }
    });
    socket.once("close", end);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // A server may close the connection in any other way: "close" follows.
      if (error.code === "ECONNREFUSED") {
        clearTimeout(timer);
        reject(error);
      }
    });
    socket.write(bytes);
    if (isCut) {
      socket.end();
    }
  });
}

function readAnswer(text: string): HostileAnswer {
  // A "100 Continue" may come before the answer.
  const [, start = "", rest = ""] =
    /^(?:HTTP\/1\.1 1.*?\r\n\r\n)*(HTTP\/1\.1 .*?\r\n\r\n)(.*)$/s.exec(text) ?? [];
  const status = /^HTTP\/1\.1 (\d{3})/.exec(start)?.[1];
  const lines = start.split("\r\n").slice(1, -2);
  return {
    status: status === undefined ? undefined : Number(status),
    headers: Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    ),
    body: rest,
  };
}
