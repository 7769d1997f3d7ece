import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Job, JobResult } from "./jobs.ts";

/** Starts a file of this folder as a process; gives it with what it said when it was ready. */
export async function startHere(file: string): Promise<{ child: ChildProcess; ready: { url?: string } }> {
  const child = fork(new URL(file, import.meta.url), [], {
    execArgv: ["--import", import.meta.resolve("tsx")],
    // oxlint-disable-next-line node/no-process-env -- the machine's own variables, and one word more
    env: { ...process.env, TAKE_A_TICKET_CHILD: "1" },
  });
  const [ready] = (await once(child, "message")) as [{ url?: string }];
  return { child, ready };
}

export async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.send({ kind: "stop" });
  await exited;
}

/** The load process's answer to one job. Throws if it failed. */
export async function ask(child: ChildProcess, job: Job): Promise<JobResult> {
  const answered = once(child, "message");
  child.send(job);
  const [message] = (await answered) as [{ kind: string; result: JobResult; message?: string }];
  if (message.kind !== "result") {
    throw new Error(`The load process could not ${job.kind}: ${message.message}`);
  }
  return message.result;
}
