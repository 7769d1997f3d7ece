import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Message, ReceiveMessageCommandInput, SendMessageCommandInput } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll } from "vitest";
import type { Clock } from "../sqs/clock.ts";
import { startSqs } from "../sqs/api/server.ts";
import type { RunningSqs } from "../sqs/api/server.ts";

// What main.ts sets. Vitest keeps flags of other programs to itself, so it has to be the environment.
// oxlint-disable-next-line node/no-process-env
const { CONFORMANCE_ENDPOINT: endpoint, CONFORMANCE_REAL_AWS: realAws } = process.env;
const isRealAws = realAws === "yes";

/** Rules that need a clock to be moved, or duplicates on order, can be shown on the embedded SQS only. */
export const isEmbedded = endpoint === undefined && !isRealAws;
/** Unsigned requests, to see the very bytes of an answer, have no place on AWS. */
export const takesUnsigned = !isRealAws;

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** Which SQS is asked: the embedded one unless main.ts was told otherwise. */
export class SqsTarget {
  sqs!: SQSClient;
  url!: string;
  /** The embedded one, if it is. */
  embedded: RunningSqs | undefined;
  readonly #queueUrls: string[] = [];

  async start(clock?: Clock): Promise<void> {
    if (isRealAws) {
      this.sqs = new SQSClient({});
      return;
    }
    this.embedded = isEmbedded ? await startSqs({ clock }) : undefined;
    this.url = this.embedded?.url ?? endpoint ?? "";
    this.sqs = new SQSClient({ endpoint: this.url, region: "us-east-1", credentials, maxAttempts: 1 });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#queueUrls.map((QueueUrl) => this.#deleteIfThere(QueueUrl)));
    this.sqs.destroy();
    await this.embedded?.close();
  }

  /** A new queue of its own for a test; it is deleted when the file's tests are over. */
  async createQueue(Attributes: Record<string, string> = {}): Promise<string> {
    const QueueName = `conformance-${randomUUID()}${Attributes["FifoQueue"] === "true" ? ".fifo" : ""}`;
    const { QueueUrl = "" } = await this.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    this.#queueUrls.push(QueueUrl);
    return QueueUrl;
  }

  async arnOf(queueUrl: string): Promise<string> {
    return (await this.attributes(queueUrl))["QueueArn"] ?? "";
  }

  async attributes(QueueUrl: string): Promise<Record<string, string>> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    return Attributes ?? {};
  }

  /** Visible, in flight, delayed. */
  async counts(queueUrl: string): Promise<number[]> {
    const attributes = await this.attributes(queueUrl);
    const names = ["", "NotVisible", "Delayed"].map((end) => `ApproximateNumberOfMessages${end}`);
    return names.map((name) => Number(attributes[name]));
  }

  async send(
    QueueUrl: string,
    MessageBody: string,
    more: Partial<SendMessageCommandInput> = {},
  ): Promise<string> {
    const { MessageId = "" } = await this.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody, ...more }),
    );
    return MessageId;
  }

  /** Sends any number of messages, ten at a time. */
  async sendAll(QueueUrl: string, bodies: string[]): Promise<void> {
    for (let start = 0; start < bodies.length; start += 10) {
      const some = bodies.slice(start, start + 10);
      const Entries = some.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
      await this.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
    const input = {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All" as const],
      ...more,
    };
    const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand(input));
    return Messages;
  }

  /** Waits for a message and gives it; undefined if none comes. */
  async receiveOne(queueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
    const [message] = await this.receive(queueUrl, { MaxNumberOfMessages: 1, WaitTimeSeconds: 5, ...more });
    return message as Message & { ReceiptHandle: string };
  }

  async delete(QueueUrl: string, ReceiptHandle: string): Promise<void> {
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  async #deleteIfThere(QueueUrl: string): Promise<void> {
    try {
      await this.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    } catch (error) {
      if ((error as Error).name !== "QueueDoesNotExist") {
        throw error;
      }
    }
  }
}

/** One target for the tests of a file. */
export function useTarget(clock?: Clock): SqsTarget {
  const target = new SqsTarget();
  beforeAll(() => target.start(clock));
  afterAll(() => target.stop());
  return target;
}

export const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);
