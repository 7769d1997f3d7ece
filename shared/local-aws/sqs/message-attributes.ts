import { failures } from "./errors.ts";
import { isObject, map, optionalString } from "./input.ts";
import type { Input } from "./input.ts";
import type { MessageAttribute } from "./message.ts";

type Attributes = Readonly<Record<string, MessageAttribute>>;

const maximumAttributes = 10;
const none: Attributes = {};
const forbiddenName = /^aws\.|^amazon\.|^\.|\.$|\.\.|[^\w.-]|^.{257}|^$/i;

/** The attributes of a message that is sent. Throws {@link SqsError}. */
export function readMessageAttributes(input: Input): Attributes {
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

/** Those that a consumer asked for: by name, by the beginning of a name (`bar.*`), or `All`. */
export function chooseMessageAttributes(attributes: Attributes, wanted: string[]): Attributes {
  const isWanted = (name: string) =>
    wanted.some((word) =>
      word.endsWith(".*") ? name.startsWith(word.slice(0, -2)) : word === "All" || word === name,
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
}

/** As AWS spells them. */
export function writeMessageAttributes(attributes: Attributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      { DataType: dataType, StringValue: stringValue, BinaryValue: binaryValue },
    ]),
  );
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
  const text = optionalString(value, kind === "Binary" ? "BinaryValue" : "StringValue");
  if (text === undefined || text === "") {
    throw failures.invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
    );
  }
  if (kind === "Number" && !Number.isFinite(Number(text))) {
    throw failures.invalidParameter(
      `Can't cast the value of message (user) attribute '${name}' to a number.`,
    );
  }
  return kind === "Binary" ? { dataType, binaryValue: text } : { dataType, stringValue: text };
}
