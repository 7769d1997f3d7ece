import { connect } from "node:net";
import { Dice } from "./dice.ts";
import { hostileRequest } from "./requests.ts";
import type { HostileRequest, Sample } from "./requests.ts";

/** A server that is to be attacked. */
export interface Target {
  name: string;
  url: string;
  samples: readonly Sample[];
  /** What is wrong with an answer beside what would be wrong with any server's; undefined: nothing. */
  judge?: (answer: HostileAnswer) => string | undefined;
  /** Whether its contract names this answer of 5xx. Default: it names none. */
  mayFail?: (answer: HostileAnswer) => boolean;
}

/** The beginning of an answer, as bytes in letters. */
export interface HostileAnswer {
  /** Undefined: there was none. */
  status: number | undefined;
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

interface AttackOptions {
  /** So many, to each of the targets in turn. */
  requests: number;
  seed: number;
}

const atOnce = 8;
const answersWithinMs = 30_000;
const mostComplaints = 5;
const keptCharacters = 20_000;
// A server that refuses a body unread closes the connection, and the answer may be lost on the way.
const surelyReadBytes = 8_000;

/**
 * Sends hostile requests; gives what is wrong with the answers, each with the request, which the seed makes again. Wrong is an
 * answer of 5xx that the contract does not name, a stack, and none at all. Rejects if a server is gone.
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

/** Sends it over a connection of its own, byte by byte as it is. Rejects if nobody listens. */
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
      // Any other way to end is the server's right: "close" follows.
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
  // Before the answer there may be a "100 Continue".
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
