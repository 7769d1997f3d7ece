import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { build } from "./build/build.ts";
import type { Built } from "./build/build.ts";
import { inheritedEnvironment } from "./environment.ts";

const endWithLauncher = new URL("end-with-launcher.mjs", import.meta.url).href;

export interface ChildOptions {
  /** As the user sees it: "api", "worker", "vendor". */
  name: string;
  args?: readonly string[];
  /** Added to the variables that every process inherits. */
  env?: Readonly<Record<string, string>>;
  onLine?: (process: string, line: string) => void;
  /** Called with each of its messages, including that of `tellReady`. */
  onMessage?: (message: Record<string, unknown>) => void;
  /** An open file that it inherits, as its descriptor 4. */
  fileFd?: number;
  /** Default 20,000: a busy laptop takes a few seconds to start Node. */
  readyWithinMs?: number;
}

/** A question to a process: the word that it answers to, and more data. */
interface Question {
  kind: string;
  [more: string]: unknown;
}

export interface Child {
  pid: number;
  /** Its message when it was ready. Rejects with one sentence if it ends or stays silent instead. */
  ready: Promise<Record<string, unknown>>;
  /** Resolves when it has ended and all its output is read, with how it ended. */
  exited: Promise<string>;
  /** Does nothing once the process has ended: see `exited`. */
  send: (message: object) => void;
  /** Its answer to this question, by `answer` of child.ts. Undefined if it doesn't answer within `withinMs`. */
  ask: (question: Question, withinMs: number) => Promise<Readonly<Record<string, unknown>> | undefined>;
  /** CPU time since it started. Undefined if it doesn't answer within `withinMs`. */
  processorMs: (withinMs: number) => Promise<number | undefined>;
  /** Asks it to end, and kills it if it hasn't within `withinMs`. */
  stop: (withinMs: number) => Promise<void>;
  /** Sends SIGKILL. Resolves when it has ended. */
  kill: () => Promise<void>;
}

/** Builds a TypeScript file and starts it as {@link forkBuilt} does. Rejects with a {@link BuildError}. */
export async function startChild({ file, ...options }: ChildOptions & { file: string }): Promise<Child> {
  const tell = (line: string) => options.onLine?.("launcher", line);
  return forkBuilt(await build(file, { onLine: tell }), options);
}

/** Starts a built file as a process that ends with this one. */
export function forkBuilt(built: Built, options: ChildOptions): Child {
  const { name, args = [], env = {}, readyWithinMs = 20_000 } = options;
  const { onLine = () => {}, onMessage = () => {}, fileFd } = options;
  const child = fork(built.file, [...args], {
    execArgv: ["--import", endWithLauncher, ...built.execArgv],
    env: { ...inheritedEnvironment(), ...env, TAKE_A_TICKET_CHILD: "1" },
    stdio: ["ignore", "pipe", "pipe", "ipc", ...(fileFd === undefined ? [] : [fileFd])],
  });

  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) {
      createInterface({ input: stream }).on("line", (line) => {
        lastLines.push(line);
        lastLines.splice(0, lastLines.length - 30);
        onLine(name, line);
      });
    }
  }

  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(describeEnd(code, signal, lastLines)));
  });
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Expected the ${name} to be ready within ${readyWithinMs} ms, but it was silent`));
      child.kill("SIGKILL");
    }, readyWithinMs);
    child.on("message", (message: Record<string, unknown>) => {
      onMessage(message);
      if (message["kind"] === "ready") {
        clearTimeout(timer);
        resolve(message);
      }
    });
    void exited.then((how) => {
      clearTimeout(timer);
      reject(new Error(`Expected the ${name} to be ready, but it ended: ${how}`));
    });
  });
  // Handled here too: if it is stopped before it is ready, no one may be waiting for this.
  ready.catch(() => {});

  const send = (message: object) => {
    if (child.connected) {
      child.send(message, () => {});
    }
  };
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    send,
    ask: (question, withinMs) => ask(child, question, withinMs),
    processorMs: async (withinMs) => {
      const told = await ask(child, { kind: "processor" }, withinMs);
      return told && Number(told["ms"]);
    },
    kill,
    stop: async (withinMs) => {
      send({ kind: "stop" });
      if (!(await endsWithin(exited, withinMs))) {
        await kill();
      }
    },
  };
}

let lastQuestion = 0;

/** Undefined if the process ends or doesn't answer in time. */
function ask(
  child: ChildProcess,
  question: Question,
  withinMs: number,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  lastQuestion += 1;
  const id = lastQuestion;
  return new Promise((resolve) => {
    const settle = (answer?: Readonly<Record<string, unknown>>) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (message: Readonly<Record<string, unknown>>) => {
      if (message["kind"] === question.kind && message["id"] === id) {
        settle(message);
      }
    };
    const onExit = () => settle();
    const timer = setTimeout(settle, withinMs);
    child.on("message", onMessage);
    child.once("exit", onExit);
    if (child.connected) {
      child.send({ ...question, id }, () => {});
    }
  });
}

/** Whether the promise settles in time. */
export async function endsWithin(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([settled, late]);
  clearTimeout(timer);
  return inTime;
}

function describeEnd(code: number | null, signal: string | null, lines: readonly string[]): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  // For an uncaught error Node prints the source, the error, the stack and its version. Only the error matters.
  const isNoise = /^\s*$|^\s+at |^Node\.js v|^[{}]/;
  const said =
    lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.findLast((line) => !isNoise.test(line));
  return code === 0 || said === undefined ? how : `${how}, ${said.trim()}`;
}
