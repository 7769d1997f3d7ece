// The load of bench:aws, in a separate process, so that its cost doesn't reduce the server's time.
import { onStop, tellReady } from "#shared/child.ts";
import { RawConnection, requestBytes } from "./raw-connection.ts";

/** The load process's jobs. It answers one before it takes the next. */
export type Job =
  | { kind: "send"; url: string; queueUrl: string; connections: number; durationMs: number }
  | { kind: "fill"; url: string; queueUrl: string; messages: number }
  | { kind: "drain"; url: string; queueUrl: string; connections: number; messages: number };

export interface JobResult {
  /** Requests or messages, depending on the job. */
  count: number;
  elapsedMs: number;
  /** The share of one core that the load process itself used. Near 1, the figure measures the load, not the server. */
  ownShare: number;
}

const MessageBody = JSON.stringify({
  eventId: "0d6ee2f6-6f8c-4d7a-9a58-0e6b6a3b3c11",
  macAddress: "00-00-5E-10-00-00-00-07",
});
const perBatch = 10;

async function run(job: Job): Promise<JobResult> {
  const width = job.kind === "fill" ? 10 : job.connections;
  const connections = await Promise.all(Array.from({ length: width }, () => RawConnection.open(job.url)));
  const [startedAtMs, startedCpu] = [performance.now(), process.cpuUsage()];
  const count = await work(job, connections);
  const elapsedMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(startedCpu);
  connections.forEach((connection) => connection.close());
  return { count, elapsedMs, ownShare: (user + system) / 1_000 / elapsedMs };
}

async function work(job: Job, connections: RawConnection[]): Promise<number> {
  switch (job.kind) {
    case "send":
      return sendUntil(performance.now() + job.durationMs, job.queueUrl, connections);
    case "fill":
      return fill(job.messages, job.queueUrl, connections);
    case "drain":
      return drain(job.messages, job.queueUrl, connections);
  }
}

async function sendUntil(endMs: number, QueueUrl: string, connections: RawConnection[]): Promise<number> {
  const request = requestBytes("SendMessage", { QueueUrl, MessageBody });
  let sent = 0;
  const sendOn = async (connection: RawConnection) => {
    while (performance.now() < endMs) {
      await connection.ask(request);
      sent += 1;
    }
  };
  await Promise.all(connections.map(sendOn));
  return sent;
}

async function fill(messages: number, QueueUrl: string, connections: RawConnection[]): Promise<number> {
  const Entries = Array.from({ length: perBatch }, (_, id) => ({ Id: `${id}`, MessageBody }));
  const request = requestBytes("SendMessageBatch", { QueueUrl, Entries });
  let left = messages;
  const sendOn = async (connection: RawConnection) => {
    while (left > 0) {
      left -= perBatch;
      await connection.ask(request);
    }
  };
  await Promise.all(connections.map(sendOn));
  return messages - left;
}

async function drain(messages: number, QueueUrl: string, connections: RawConnection[]): Promise<number> {
  const receive = requestBytes("ReceiveMessage", {
    QueueUrl,
    MaxNumberOfMessages: perBatch,
    AttributeNames: ["All"],
  });
  let asked = 0;
  let done = 0;
  const drainOn = async (connection: RawConnection) => {
    while (asked < messages) {
      asked += perBatch;
      const { Messages } = JSON.parse(await connection.ask(receive)) as {
        Messages: { ReceiptHandle: string }[];
      };
      const Entries = Messages.map(({ ReceiptHandle }, id) => ({ Id: `${id}`, ReceiptHandle }));
      await connection.ask(requestBytes("DeleteMessageBatch", { QueueUrl, Entries }));
      done += Messages.length;
    }
  };
  await Promise.all(connections.map(drainOn));
  return done;
}

process.on("message", (message: Partial<Job>) => {
  if (message.kind === "send" || message.kind === "fill" || message.kind === "drain") {
    run(message as Job).then(
      (result) => process.send?.({ kind: "result", result }),
      (error: Error) => process.send?.({ kind: "failure", message: error.message }),
    );
  }
});
// Nothing else would keep it alive.
process.channel?.ref();
onStop(() => {});
tellReady();
