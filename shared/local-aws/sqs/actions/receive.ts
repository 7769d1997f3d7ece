import { failures } from "../errors.ts";
import { optionalInteger, strings } from "../input.ts";
import { md5OfAttributes } from "../message.ts";
import { chooseMessageAttributes, writeMessageAttributes } from "../message-attributes.ts";
import { systemAttributeNames } from "../received-message.ts";
import type { ReceivedMessage } from "../received-message.ts";
import { queueOf } from "./call.ts";
import type { Action } from "./call.ts";

export const receiveMessage: Action = async (input, call) => {
  const queue = queueOf(input, call);
  // `AttributeNames` is the older name of the same list; AWS takes both.
  const systemNames = [...strings(input, "MessageSystemAttributeNames"), ...strings(input, "AttributeNames")];
  const names = strings(input, "MessageAttributeNames");
  const unknown = systemNames.find((name) => name !== "All" && !systemAttributeNames.includes(name));
  if (unknown !== undefined) {
    throw failures.unknownAttribute(unknown);
  }
  const waitTimeSeconds =
    optionalInteger(input, "WaitTimeSeconds", 0, 20) ?? queue.settings.receiveMessageWaitTimeSeconds;
  const messages = await queue.receive({
    maxNumberOfMessages: optionalInteger(input, "MaxNumberOfMessages", 1, 10) ?? 1,
    visibilityTimeoutSeconds: optionalInteger(input, "VisibilityTimeout", 0, 43_200),
    waitTimeSeconds,
    signal: waitTimeSeconds === 0 ? undefined : call.signal(),
  });
  // No list at all where there is nothing: a consumer that can't bear that should meet it here.
  return messages.length === 0
    ? {}
    : { Messages: messages.map((message) => write(message, systemNames, names)) };
};

function write(message: ReceivedMessage, systemNames: string[], names: string[]) {
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
      : Object.fromEntries(Object.entries(message.attributes).filter(([name]) => systemNames.includes(name)));
  }
  const chosen = names.length === 0 ? {} : chooseMessageAttributes(message.messageAttributes, names);
  if (Object.keys(chosen).length > 0) {
    answer["MD5OfMessageAttributes"] = md5OfAttributes(chosen);
    answer["MessageAttributes"] = writeMessageAttributes(chosen);
  }
  return answer;
}
