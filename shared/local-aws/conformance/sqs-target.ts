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

// main.ts sets these. Vitest doesn't pass other programs' flags on, so it has to be the environment.
// oxlint-disable-next-line node/no-process-env
const { CONFORMANCE_ENDPOINT: endpoint, CONFORMANCE_REAL_AWS: realAws } = process.env;
const isRealAws = realAws === "yes";

/** Rules that need a clock to move, or duplicates on request, can be tested on the embedded SQS only. */
export const isEmbedded = endpoint === undefined && !isRealAws;
/** AWS refuses unsigned requests, which show the exact bytes of an answer. */
export const takesUnsigned = !isRealAws;

const credentials = { accessKeyId: "local", secretAccessKey: "local" };

/** The SQS under test: the embedded one unless main.ts was told otherwise. */
export class SqsTarget {
  sqs!: SQSClient;
  url!: string;
  /** Set if the embedded SQS is under test. */
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

  /** Creates a queue for one test. It is deleted after the file's last test. */
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

  /** Waits for a message. Undefined if none comes. */
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

/** One target for all tests of a file. */
export function useTarget(clock?: Clock): SqsTarget {
  const target = new SqsTarget();
  beforeAll(() => target.start(clock));
  afterAll(() => target.stop());
  return target;
}

export const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);
