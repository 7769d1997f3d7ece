import { createHash } from "node:crypto";
import { failures } from "../errors.ts";
import { deduplicationIdOf } from "../fifo.ts";
import type { FifoSettings } from "../fifo.ts";
import { forbiddenCharacters } from "../message.ts";
import type { MessageAttribute, MessageAttributes, SystemAttributes } from "../message.ts";
import { isObject, map, optionalString } from "./input.ts";
import type { Input } from "./input.ts";

const maximumAttributes = 10;
const none: MessageAttributes = {};
const forbiddenName = /^aws\.|^amazon\.|^\.|\.$|\.\.|[^\p{L}\p{N}_.-]|^.{257}|^$/iu;
const longestDataType = 256;
// A number in AWS's form: digits, a point, an exponent, and none of JavaScript's other notations.
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const longestId = 128;
const plainId = new RegExp(`^[\\x21-\\x7e]{1,${longestId}}$`);

/** Reads the attributes of a sent message. Throws {@link SqsError}. */
export function readMessageAttributes(input: Input): MessageAttributes {
  if (input["MessageAttributes"] === undefined) {
    return none;
  }
  const attributes = map(input, "MessageAttributes", readAttribute);
  const count = Object.keys(attributes).length;
  if (count > maximumAttributes) {
    throw failures.invalidParameter(
      `Number of message attributes [${count}] exceeds the allowed maximum [${maximumAttributes}].`,
    );
  }
  return attributes;
}

function readAttribute(value: unknown, name: string): MessageAttribute {
  if (forbiddenName.test(name)) {
    throw failures.invalidParameter(
      `Message (user) attribute name "${name}" is invalid. It can contain alphanumeric characters, underscores, hyphens and periods, up to 256, and must not start with AWS. or Amazon.`,
    );
  }
  if (!isObject(value)) {
    throw failures.malformed(`Message attribute ${name} can not be converted to a MessageAttributeValue`);
  }
  const dataType = optionalString(value, "DataType") ?? "";
  const [kind = ""] = dataType.split(".");
  if (!["String", "Number", "Binary"].includes(kind)) {
    throw failures.invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  if (dataType.length > longestDataType) {
    throw failures.invalidParameter(
      `The type of message (user) attribute '${name}' is too long, the maximum length is ${longestDataType}.`,
    );
  }
  const text = optionalString(value, kind === "Binary" ? "BinaryValue" : "StringValue");
  if (text === undefined || text === "") {
    throw failures.invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
    );
  }
  if (kind !== "Binary" && forbiddenCharacters.test(text)) {
    throw failures.invalidContents();
  }
  if (kind === "Number" && !decimal.test(text)) {
    throw failures.invalidParameter(
      `Can't cast the value of message (user) attribute '${name}' to a number.`,
    );
  }
  return kind === "Binary" ? { dataType, binaryValue: text } : { dataType, stringValue: text };
}

/**
 * Reads what a producer tells SQS about a message, and the digest of its system attributes. Throws {@link SqsError}.
 * - On a standard queue a group (`MessageGroupId`) matters only if one sender's messages hold up another's: SQS then prefers
 *   the quiet ones (fair queues). Here the first message comes first, whoever sent it.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
 * - A standard queue doesn't deduplicate and refuses an id for it. A FIFO queue requires a group and an id.
 */
export function readSystemAttributes(
  input: Input,
  body: string,
  fifo: FifoSettings | undefined,
): {
  systemAttributes: SystemAttributes;
  md5OfSystemAttributes?: string;
} {
  const explicitId = readId(input, "MessageDeduplicationId");
  if (explicitId !== undefined && fifo === undefined) {
    throw failures.notForThisQueue(explicitId, "MessageDeduplicationId");
  }
  const group = readId(input, "MessageGroupId");
  if (group === undefined && fifo !== undefined) {
    throw failures.missing("MessageGroupId");
  }
  const inGroup =
    group === undefined
      ? none
      : {
          MessageGroupId: group,
          ...(fifo && { MessageDeduplicationId: deduplicationIdOf({ body, explicitId }, fifo) }),
        };
  if (input["MessageSystemAttributes"] === undefined) {
    return { systemAttributes: inGroup };
  }
  const given = map(input, "MessageSystemAttributes", readAttribute);
  const unknown = Object.keys(given).find((name) => name !== "AWSTraceHeader");
  if (unknown !== undefined) {
    throw failures.invalidParameter(`Message system attribute name '${unknown}' is invalid.`);
  }
  const stringValue = given["AWSTraceHeader"]?.stringValue;
  return {
    systemAttributes: { ...inGroup, ...(stringValue !== undefined && { AWSTraceHeader: stringValue }) },
    md5OfSystemAttributes: md5OfAttributes(given),
  };
}

function readId(input: Input, name: "MessageDeduplicationId" | "MessageGroupId"): string | undefined {
  const id = optionalString(input, name);
  if (id !== undefined && !plainId.test(id)) {
    const reason = `${name} can only include alphanumeric and punctuation characters. 1 to ${longestId} in length.`;
    throw failures.invalidValue(id, name, reason);
  }
  return id;
}

/** The attributes that a consumer asked for: by name, by prefix (`bar.*`), or all of them (`All`, or `*` as AWS also accepts). */
export function chooseMessageAttributes(attributes: MessageAttributes, wanted: string[]): MessageAttributes {
  const isWanted = (name: string) =>
    wanted.some((word) =>
      word.endsWith(".*")
        ? name.startsWith(word.slice(0, -2))
        : word === "All" || word === "*" || word === name,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

/** In AWS's spelling. */
export function writeMessageAttributes(attributes: MessageAttributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue },
    ]),
  );
}

/** AWS's digest, which the SDK compares with its own: sorted by name, each part after its length. */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const digest = createHash("md5");
  const add = (part: string | Buffer) => {
    const bytes = Buffer.from(part as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { dataType, stringValue, binaryValue } = attributes[name] as MessageAttribute;
    add(name);
    add(dataType);
    digest.update(Buffer.of(binaryValue === undefined ? 1 : 2));
    add(binaryValue === undefined ? (stringValue ?? "") : Buffer.from(binaryValue, "base64"));
  }
  return digest.digest("hex");
}

/** What counts towards the 1 MiB: the body, and each attribute's name, type and value. */
export function sizeInBytes(body: string, attributes: MessageAttributes): number {
  let size = Buffer.byteLength(body);
  for (const [name, { dataType, stringValue, binaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(dataType);
    size +=
      binaryValue === undefined
        ? Buffer.byteLength(stringValue ?? "")
        : Buffer.byteLength(binaryValue, "base64");
  }
  return size;
}
