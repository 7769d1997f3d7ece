import { join } from "node:path";
import { startChild } from "#shared/run/child-process.ts";
import type { Job, JobResult } from "./load.ts";
import { RawConnection, requestBytes } from "./raw-connection.ts";

const stopWithinMs = 1_000;

/** Sends one request to SQS. Returns the queue's URL if the answer has one. */
export async function askOnce(url: string, action: string, input: object): Promise<string> {
  const connection = await RawConnection.open(url);
  const answer = await connection.ask(requestBytes(action, input));
  connection.close();
  return (JSON.parse(answer) as { QueueUrl?: string }).QueueUrl ?? "";
}

/** Starts the load in a separate process. `ask` throws if a job failed, or the process is gone. */
export async function startLoad() {
  let answered: (message: Record<string, unknown>) => void = () => {};
  const child = await startChild({
    name: "load",
    file: join(import.meta.dirname, "load.ts"),
    onMessage: (message) => answered(message),
  });
  await child.ready;
  const gone = child.exited.then((message) => ({ kind: "failure", message, result: undefined }));
  return {
    ask: async (job: Job): Promise<JobResult> => {
      const answer = new Promise<Record<string, unknown>>((resolve) => (answered = resolve));
      child.send(job);
      const { kind, result, message } = await Promise.race([answer, gone]);
      if (kind !== "result") {
        throw new Error(`The load process could not ${job.kind}: ${String(message)}`);
      }
      return result as JobResult;
    },
    stop: () => child.stop(stopWithinMs),
  };
}
