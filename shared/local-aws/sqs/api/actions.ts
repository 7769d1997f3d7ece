import { failures, SqsError } from "../errors.ts";
import { deduplicationIdOf, delayOf } from "../fifo.ts";
import type { FifoSettings } from "../fifo.ts";
import { forbiddenCharacters } from "../message.ts";
import type { ReceivedMessage } from "../message.ts";
import { maximumMessageSizeBytes } from "../queue-attributes.ts";
import type { Queue } from "../queue.ts";
import type { MoveTask } from "../redrive.ts";
import type { SqsService } from "../service.ts";
import { map, objects, optionalInteger, optionalString } from "./input.ts";
import { requiredInteger, requiredString, strings } from "./input.ts";
import type { Input } from "./input.ts";
import {
  chooseMessageAttributes,
  md5OfAttributes,
  readMessageAttributes,
  readSystemAttributes,
  sizeInBytes,
  writeMessageAttributes,
} from "./message-attributes.ts";

/** What an action may use besides its input. */
export interface ActionContext {
  service: SqsService;
  /** The address of this SQS, which queue URLs begin with. */
  baseUrl: string;
  /** Aborted when the client hangs up. Created on demand: only a long poll needs one. */
  signal: () => AbortSignal;
  /** The caller, for the trace. */
  by: string;
}

/** The body of an answer. Text where writing it by hand is cheaper: `JSON.stringify` takes a tenth of a whole request. */
export type Output = object | string;

/** One operation of the API: takes the request's body, returns the answer's. Throws {@link SqsError}. */
export type Action = (input: Input, context: ActionContext) => Output | Promise<Output>;

/** The API: every NAME that `X-Amz-Target: AmazonSQS.NAME` accepts. */
export const actions: ReadonlyMap<string, Action> = new Map<string, Action>(
  Object.entries({
    CreateQueue(input, context) {
      const name = requiredString(input, "QueueName");
      const queue = context.service.createQueue(name, readQueueAttributes(input));
      return { QueueUrl: queueUrl(context, queue.name) };
    },
    DeleteQueue(input, context) {
      context.service.deleteQueue(queueOf(input, context));
      return {};
    },
    GetQueueUrl(input, context) {
      const name = requiredString(input, "QueueName");
      if (context.service.queueNamed(name) === undefined) {
        throw failures.noSuchQueue();
      }
      return { QueueUrl: queueUrl(context, name) };
    },
    ListQueues(input, context) {
      const prefix = optionalString(input, "QueueNamePrefix") ?? "";
      const queues = context.service.queues().filter(({ name }) => name.startsWith(prefix));
      const { urls, next } = page(queues, input, context);
      return { ...unlessEmpty("QueueUrls", urls), ...next };
    },
    ListDeadLetterSourceQueues(input, context) {
      const queues = context.service.moveTasks.sourcesOf(queueOf(input, context));
      const { urls, next } = page(queues, input, context);
      // The only member of this API with a small first letter. AWS's model requires it in every answer.
      return { queueUrls: urls, ...next };
    },
    GetQueueAttributes(input, context) {
      const all = queueOf(input, context).attributes();
      const names = strings(input, "AttributeNames");
      if (names.includes("All")) {
        return { Attributes: all };
      }
      const unknown = names.find((name) => !Object.hasOwn(all, name) && name !== "RedrivePolicy");
      if (unknown !== undefined) {
        throw failures.unknownAttribute(unknown);
      }
      const chosen = pick(all, names);
      return Object.keys(chosen).length === 0 ? {} : { Attributes: chosen };
    },
    SetQueueAttributes(input, context) {
      queueOf(input, context).setAttributes(readQueueAttributes(input));
      return {};
    },
    PurgeQueue(input, context) {
      queueOf(input, context).purge();
      return {};
    },

    SendMessage: (input, context) => writeSent(send(queueOf(input, context), input, context)),
    SendMessageBatch(input, context) {
      const queue = queueOf(input, context);
      const entries = batchEntries(input, "SendMessageBatch");
      const sizeBytes = entries.reduce((sum, entry) => sum + readMessage(entry).sizeBytes, 0);
      if (sizeBytes > maximumMessageSizeBytes) {
        throw failures.batchTooLong(maximumMessageSizeBytes, sizeBytes);
      }
      checkEntries(entries, queue.settings.fifo);
      return eachEntry(entries, (entry) => send(queue, entry, context));
    },
    ReceiveMessage: receive,
    DeleteMessage(input, context) {
      remove(queueOf(input, context), input, context);
      return "{}";
    },
    DeleteMessageBatch(input, context) {
      const queue = queueOf(input, context);
      return eachEntry(batchEntries(input, "DeleteMessageBatch"), (entry) => remove(queue, entry, context));
    },
    ChangeMessageVisibility: (input, context) => changeVisibility(queueOf(input, context), input, context),
    ChangeMessageVisibilityBatch(input, context) {
      const queue = queueOf(input, context);
      const entries = batchEntries(input, "ChangeMessageVisibilityBatch");
      return eachEntry(entries, (entry) => changeVisibility(queue, entry, context));
    },

    StartMessageMoveTask(input, { service }) {
      const task = service.moveTasks.start({
        sourceArn: requiredString(input, "SourceArn"),
        destinationArn: optionalString(input, "DestinationArn"),
        maxNumberOfMessagesPerSecond: optionalInteger(input, "MaxNumberOfMessagesPerSecond", 1, 500),
      });
      return { TaskHandle: task.handle };
    },
    ListMessageMoveTasks(input, { service }) {
      const maxResults = optionalInteger(input, "MaxResults", 1, 10) ?? 1;
      const tasks = service.moveTasks.list(requiredString(input, "SourceArn"));
      return { Results: tasks.slice(0, maxResults).map(writeMoveTask) };
    },
    CancelMessageMoveTask(input, { service }) {
      const task = service.moveTasks.cancel(requiredString(input, "TaskHandle"));
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  } satisfies Record<string, Action>),
);

/** AWS has these and the embedded SQS doesn't. The error says so instead of calling them unknown. */
export const missingActions: ReadonlySet<string> = new Set([
  "AddPermission",
  "RemovePermission",
  "TagQueue",
  "UntagQueue",
  "ListQueueTags",
]);

/** A queue's address. */
export function queueUrl(
  { baseUrl, service }: Pick<ActionContext, "baseUrl" | "service">,
  name: string,
): string {
  return `${baseUrl}${service.urlPath}${name}`;
}

// Ignores host and port, since a client may reach us by another name, and accepts a bare name, as AWS does.
function queueOf(input: Input, { service }: ActionContext): Queue {
  const url = requiredString(input, "QueueUrl");
  const start = url.lastIndexOf(service.urlPath);
  const queue = service.queueNamed(start === -1 ? url : url.slice(start + service.urlPath.length));
  if (queue === undefined) {
    throw failures.noSuchQueue();
  }
  return queue;
}

function readQueueAttributes(input: Input): Record<string, string> {
  return map(input, "Attributes", (value, name) => {
    if (typeof value !== "string") {
      throw failures.malformed(`The value of attribute ${name} can not be converted to a String`);
    }
    return value;
  });
}

const maximumListed = 1_000;

// The token is the position to go on from. AWS promises only that you can hand it back.
function page(queues: Queue[], input: Input, context: ActionContext) {
  const start = Number(optionalString(input, "NextToken") ?? 0);
  if (!Number.isInteger(start) || start < 0) {
    throw failures.invalidParameter("Invalid or expired next token.");
  }
  const asked = optionalInteger(input, "MaxResults", 1, maximumListed);
  const end = start + (asked ?? maximumListed);
  const urls = queues.slice(start, end).map(({ name }) => queueUrl(context, name));
  return { urls, next: asked !== undefined && end < queues.length ? { NextToken: String(end) } : {} };
}

type Asker = Pick<ActionContext, "by">;

interface Sent {
  MessageId: string;
  MD5OfMessageBody: string;
  MD5OfMessageAttributes?: string;
  MD5OfMessageSystemAttributes?: string;
  /** FIFO queues only. */
  SequenceNumber?: string;
}

function send(queue: Queue, input: Input, { by }: Asker): Sent {
  const { body, messageAttributes, sizeBytes } = readMessage(input);
  const { fifo } = queue.settings;
  const { systemAttributes, md5OfSystemAttributes } = readSystemAttributes(input, body, fifo);
  const { maximumMessageSizeBytes: limitBytes } = queue.settings;
  if (sizeBytes > limitBytes) {
    throw failures.invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${limitBytes} bytes.`,
    );
  }
  if (forbiddenCharacters.test(body)) {
    throw failures.invalidContents();
  }
  const delaySeconds = delayOf(optionalInteger(input, "DelaySeconds", 0, 900), fifo);
  const { content } = queue.send({ body, delaySeconds, messageAttributes, systemAttributes, by });
  const { messageId, md5OfBody } = content;
  const sent: Sent = { MessageId: messageId, MD5OfMessageBody: md5OfBody };
  if (Object.keys(messageAttributes).length > 0) {
    sent.MD5OfMessageAttributes = md5OfAttributes(messageAttributes);
  }
  if (md5OfSystemAttributes !== undefined) {
    sent.MD5OfMessageSystemAttributes = md5OfSystemAttributes;
  }
  if (fifo) {
    sent.SequenceNumber = content.systemAttributes.SequenceNumber ?? "";
  }
  return sent;
}

// A FIFO queue refuses the whole batch if a group or an id is missing. For the group the code differs from SendMessage's:
// recorded on AWS by LocalStack's test_send_batch_missing_message_group_id_for_fifo_queue and its neighbour.
function checkEntries(entries: Input[], fifo: FifoSettings | undefined): void {
  for (const entry of fifo === undefined ? [] : entries) {
    if (entry["MessageGroupId"] === undefined) {
      throw failures.invalidParameter(failures.missing("MessageGroupId").message);
    }
    if (entry["MessageDeduplicationId"] === undefined) {
      deduplicationIdOf({ body: "", explicitId: undefined }, fifo as FifoSettings);
    }
  }
}

// Fast path: most messages have a body and nothing else, and ids and digests contain nothing that JSON escapes.
function writeSent(sent: Sent): Output {
  const { MD5OfMessageAttributes, MD5OfMessageSystemAttributes, SequenceNumber } = sent;
  return (MD5OfMessageAttributes ?? MD5OfMessageSystemAttributes ?? SequenceNumber) === undefined
    ? `{"MessageId":"${sent.MessageId}","MD5OfMessageBody":"${sent.MD5OfMessageBody}"}`
    : sent;
}

function readMessage(input: Input) {
  const body = requiredString(input, "MessageBody");
  const messageAttributes = readMessageAttributes(input);
  return { body, messageAttributes, sizeBytes: sizeInBytes(body, messageAttributes) };
}

/** What a consumer may ask for: {@link ReceivedMessage.attributes}, and those that never have a value here. */
const systemAttributeNames = [
  "ApproximateReceiveCount",
  "SentTimestamp",
  "ApproximateFirstReceiveTimestamp",
  "SenderId",
  "DeadLetterQueueSourceArn",
  "AWSTraceHeader",
  "MessageDeduplicationId",
  "MessageGroupId",
  "SequenceNumber",
];

async function receive(input: Input, context: ActionContext) {
  const queue = queueOf(input, context);
  // `AttributeNames` is the older name of the same list. AWS accepts both.
  const systemNames = [...strings(input, "MessageSystemAttributeNames"), ...strings(input, "AttributeNames")];
  const names = strings(input, "MessageAttributeNames");
  const unknown = systemNames.find((name) => name !== "All" && !systemAttributeNames.includes(name));
  if (unknown !== undefined) {
    throw failures.unknownAttribute(unknown);
  }
  const waitTimeSeconds =
    optionalInteger(input, "WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.") ??
    queue.settings.receiveMessageWaitTimeSeconds;
  const messages = await queue.receive({
    maxNumberOfMessages: optionalInteger(input, "MaxNumberOfMessages", 1, 10) ?? 1,
    visibilityTimeoutSeconds: optionalInteger(input, "VisibilityTimeout", 0, 43_200),
    waitTimeSeconds,
    signal: waitTimeSeconds === 0 ? undefined : context.signal(),
    by: context.by,
  });
  // No list at all if there are no messages, as on AWS: a consumer that breaks on that should break here too.
  return messages.length === 0
    ? {}
    : { Messages: messages.map((message) => writeMessage(message, systemNames, names)) };
}

function writeMessage(message: ReceivedMessage, systemNames: string[], names: string[]) {
  const { messageId, receiptHandle, body, md5OfBody } = message;
  const answer: Record<string, unknown> = {
    MessageId: messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5OfBody,
    Body: body,
  };
  if (systemNames.length > 0) {
    answer["Attributes"] = systemNames.includes("All")
      ? message.attributes
      : pick(message.attributes, systemNames);
  }
  const chosen = names.length === 0 ? {} : chooseMessageAttributes(message.messageAttributes, names);
  if (Object.keys(chosen).length > 0) {
    answer["MD5OfMessageAttributes"] = md5OfAttributes(chosen);
    answer["MessageAttributes"] = writeMessageAttributes(chosen);
  }
  return answer;
}

function remove(queue: Queue, input: Input, { by }: Asker) {
  queue.delete(requiredString(input, "ReceiptHandle"), by);
  return {};
}

function changeVisibility(queue: Queue, input: Input, { by }: Asker) {
  const receiptHandle = requiredString(input, "ReceiptHandle");
  queue.changeVisibility(receiptHandle, requiredInteger(input, "VisibilityTimeout", 0, 43_200), by);
  return {};
}

// JSON leaves out what is undefined, as AWS does.
function writeMoveTask(task: MoveTask) {
  return {
    // Only a running task has a handle, since only a running one can be cancelled.
    TaskHandle: task.status === "RUNNING" ? task.handle : undefined,
    Status: task.status,
    SourceArn: task.request.sourceArn,
    DestinationArn: task.request.destinationArn,
    MaxNumberOfMessagesPerSecond: task.request.maxNumberOfMessagesPerSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAtMs,
  };
}

const maximumEntries = 10;

// An error in the batch itself refuses the whole batch.
function batchEntries(input: Input, action: string): Input[] {
  const entries = objects(input, "Entries");
  if (entries.length === 0) {
    throw failures.emptyBatch(action);
  }
  if (entries.length > maximumEntries) {
    throw failures.tooManyEntries(entries.length);
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    const id = optionalString(entry, "Id") ?? "";
    if (!/^[\w-]{1,80}$/.test(id)) {
      throw failures.invalidEntryId();
    }
    if (seen.has(id)) {
      throw failures.repeatedEntryId(id);
    }
    seen.add(id);
  }
  return entries;
}

// Runs each entry separately. The answer is a success that lists failed entries beside the successful ones.
function eachEntry(entries: Input[], run: (entry: Input) => object) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const Id = entry["Id"];
    try {
      Successful.push({ Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) {
        throw error;
      }
      Failed.push({ Id, SenderFault: true, Code: error.wire.queryCode, Message: error.message });
    }
  }
  return { ...unlessEmpty("Successful", Successful), ...unlessEmpty("Failed", Failed) };
}

// AWS leaves out an empty list although its model requires it. A client that reads its length breaks there, so it should
// break here. Seen in the recordings of LocalStack's tests, and in https://github.com/aws/aws-sdk/issues/657.
function unlessEmpty(name: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [name]: list };
}

function pick(attributes: object, names: string[]): object {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}
