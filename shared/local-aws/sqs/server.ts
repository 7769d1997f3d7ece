// An SQS to learn from, in one process and in memory. Read it in this order: clock, message, message-heap,
// message-store, receipt-handles, waiting-line, queue, duplicates, move-task, service, then actions/ and this file.
//
// It keeps AWS's documented behaviour where a lesson depends on it; shared/local-aws/conformance states the rules.
// What it leaves out, since it would show no new concept:
// - FIFO queues, fair queues (MessageGroupId is taken and ignored), tags, permissions, encryption, accounts:
//   signatures are not looked at, everybody is the same sender.
// - Distance. AWS keeps copies on many servers, so its counts are approximate, a short poll may miss messages, order
//   is loose, and changed attributes take up to a minute. Here everything is exact, first come first served, at once.
//   Only the duplicates can be had on request: Queue.deliverTwice.
// - Quotas: 120,000 messages in flight, requests a second, 60 s between deleting a queue and creating its namesake.
// - Durability. A restart forgets everything.
// - Message system attributes (AWSTraceHeader) are taken and ignored; a move task never ends as CANCELLING.
// - The query (XML) protocol of older SDKs.
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { queueUrl } from "./actions/call.ts";
import { answer, readBody } from "./protocol.ts";
import type { Clock } from "./clock.ts";
import { SqsService } from "./service.ts";

interface Options {
  /** Default: any that is free. */
  port?: number;
  clock?: Clock;
  /** Default: a new one without queues. */
  service?: SqsService;
}

/** A running SQS. */
export interface RunningSqs {
  url: string;
  port: number;
  service: SqsService;
  queueUrl(name: string): string;
  /** Ends long polls with nothing, then every connection. */
  close(): Promise<void>;
}

// An SDK's pool keeps connections for longer than Node's 5 s: a server that closes first breaks a request now and then.
const keepAliveMs = 120_000;

/** Serves SQS on 127.0.0.1. */
export async function startSqs({ port = 0, clock, service }: Options = {}): Promise<RunningSqs> {
  const sqs = service ?? new SqsService(clock === undefined ? {} : { clock });
  let url = "";
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    readBody(request, response, (body) => answer(body, { request, response, service: sqs, baseUrl: url }));
  const server = createServer({ keepAliveTimeout: keepAliveMs, noDelay: true }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${boundPort}`;
  return {
    url,
    port: boundPort,
    service: sqs,
    queueUrl: (name) => queueUrl({ baseUrl: url, service: sqs }, name),
    async close() {
      sqs.close();
      // Long polls are answered in this turn of the event loop; then nobody has a reason to stay.
      await new Promise((resolve) => setImmediate(resolve));
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
