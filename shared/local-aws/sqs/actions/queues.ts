import { failures } from "../errors.ts";
import { map, optionalInteger, optionalString, requiredString, strings } from "../input.ts";
import type { Input } from "../input.ts";
import type { Queue } from "../queue.ts";
import { queueOf, queueUrl } from "./call.ts";
import type { Action, Call } from "./call.ts";

const maximumListed = 1_000;

const attributesOf = (input: Input) =>
  map(input, "Attributes", (value, name) => {
    if (typeof value !== "string") {
      throw failures.malformed(`The value of attribute ${name} can not be converted to a String`);
    }
    return value;
  });

export const createQueue: Action = (input, call) => {
  const queue = call.service.createQueue(requiredString(input, "QueueName"), attributesOf(input));
  return { QueueUrl: queueUrl(call, queue.name) };
};

export const deleteQueue: Action = (input, call) => {
  call.service.deleteQueue(queueOf(input, call));
  return {};
};

export const getQueueUrl: Action = (input, call) => {
  const name = requiredString(input, "QueueName");
  const queue = call.service.findQueue(name);
  if (queue?.name !== name) {
    throw failures.noSuchQueue();
  }
  return { QueueUrl: queueUrl(call, name) };
};

export const listQueues: Action = (input, call) => {
  const prefix = optionalString(input, "QueueNamePrefix") ?? "";
  const { urls, next } = page(
    call.service.queues().filter(({ name }) => name.startsWith(prefix)),
    input,
    call,
  );
  return { QueueUrls: urls, ...next };
};

export const listDeadLetterSourceQueues: Action = (input, call) => {
  const { urls, next } = page(call.service.moveTasks.sourcesOf(queueOf(input, call)), input, call);
  // The only member of this API that AWS writes with a small letter.
  return { queueUrls: urls, ...next };
};

export const getQueueAttributes: Action = (input, call) => {
  const all = call.service.attributes(queueOf(input, call));
  const names = strings(input, "AttributeNames");
  if (names.includes("All")) {
    return { Attributes: all };
  }
  const unknown = names.find((name) => !Object.hasOwn(all, name) && name !== "RedrivePolicy");
  if (unknown !== undefined) {
    throw failures.unknownAttribute(unknown);
  }
  const chosen = Object.entries(all).filter(([name]) => names.includes(name));
  return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
};

export const setQueueAttributes: Action = (input, call) => {
  call.service.setAttributes(queueOf(input, call), attributesOf(input));
  return {};
};

export const purgeQueue: Action = (input, call) => {
  call.service.purge(queueOf(input, call));
  return {};
};

// The token is where to go on, in plain words: AWS promises no more than that it may be handed back.
function page(queues: Queue[], input: Input, call: Call) {
  const start = Number(optionalString(input, "NextToken") ?? 0);
  if (!Number.isInteger(start) || start < 0) {
    throw failures.invalidParameter("Invalid or expired next token.");
  }
  const asked = optionalInteger(input, "MaxResults", 1, maximumListed);
  const end = start + (asked ?? maximumListed);
  const urls = queues.slice(start, end).map(({ name }) => queueUrl(call, name));
  return { urls, next: asked !== undefined && end < queues.length ? { NextToken: String(end) } : {} };
}
