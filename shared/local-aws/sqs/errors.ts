interface Wire {
  /** The SDK makes an error class of this: `__type` in the body. */
  type: string;
  /** The code of the older query protocol, which AWS still sends in `x-amzn-query-error`. */
  queryCode: string;
  status: number;
}

/** An error answer of SQS, with AWS's name and status. */
export class SqsError extends Error {
  override readonly name = "SqsError";
  readonly wire: Wire;

  constructor(wire: Wire, message: string) {
    super(message);
    this.wire = wire;
  }
}

const sqs = (name: string, status = 400, queryCode = `AWS.SimpleQueueService.${name}`) => ({
  type: `com.amazonaws.sqs#${name}`,
  queryCode,
  status,
});
// Errors that are not in the service's model come from AWS's framework, under its name.
const framework = (name: string, queryCode: string) => ({
  type: `com.amazon.coral.service#${name}`,
  queryCode,
  status: 400,
});

/** Every error of this SQS. Types, codes and statuses come from the traits in the schema of @aws-sdk/client-sqs. */
export const failures = {
  noSuchQueue: () =>
    new SqsError(
      sqs("QueueDoesNotExist", 400, "AWS.SimpleQueueService.NonExistentQueue"),
      "The specified queue does not exist.",
    ),
  queueExists: (attribute: string) =>
    new SqsError(
      sqs("QueueNameExists", 400, "QueueAlreadyExists"),
      `A queue already exists with the same name and a different value for attribute ${attribute}`,
    ),
  unknownAttribute: (name: string) =>
    new SqsError(sqs("InvalidAttributeName", 400, "InvalidAttributeName"), `Unknown Attribute ${name}.`),
  invalidAttribute: (name: string, reason = "") =>
    new SqsError(
      sqs("InvalidAttributeValue", 400, "InvalidAttributeValue"),
      `Invalid value for the parameter ${name}.${reason === "" ? "" : ` Reason: ${reason}`}`,
    ),
  purgeInProgress: (name: string) =>
    new SqsError(
      sqs("PurgeQueueInProgress", 403),
      `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    ),
  garbageReceiptHandle: (handle: string) =>
    new SqsError(
      sqs("ReceiptHandleIsInvalid", 404, "ReceiptHandleIsInvalid"),
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    ),
  invalidContents: () =>
    new SqsError(
      sqs("InvalidMessageContents", 400, "InvalidMessageContents"),
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    ),
  emptyBatch: (action: string) =>
    new SqsError(
      sqs("EmptyBatchRequest"),
      `There should be at least one ${action}RequestEntry in the request.`,
    ),
  tooManyEntries: (count: number) =>
    new SqsError(
      sqs("TooManyEntriesInBatchRequest"),
      `Maximum number of entries per request are 10. You have sent ${count}.`,
    ),
  invalidEntryId: () =>
    new SqsError(
      sqs("InvalidBatchEntryId"),
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
    ),
  repeatedEntryId: (id: string) => new SqsError(sqs("BatchEntryIdsNotDistinct"), `Id ${id} repeated.`),
  batchTooLong: (limitBytes: number, sentBytes: number) =>
    new SqsError(
      sqs("BatchRequestTooLong"),
      `Batch requests cannot be longer than ${limitBytes} bytes. You have sent ${sentBytes} bytes.`,
    ),
  noSuchResource: (message: string) =>
    new SqsError(sqs("ResourceNotFoundException", 404, "ResourceNotFoundException"), message),
  unsupported: (message: string) => new SqsError(sqs("UnsupportedOperation"), message),
  missing: (parameter: string) =>
    new SqsError(
      framework("MissingRequiredParameterException", "MissingParameter"),
      `The request must contain the parameter ${parameter}.`,
    ),
  invalidParameter: (message: string) =>
    new SqsError(framework("InvalidParameterValueException", "InvalidParameterValue"), message),
  invalidValue: (value: unknown, parameter: string, reason: string) =>
    failures.invalidParameter(
      `Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
    ),
  notForThisQueue: (value: unknown, parameter: string) =>
    failures.invalidValue(
      value,
      parameter,
      "The request include parameter that is not valid for this queue type.",
    ),
  expiredReceiptHandle: (handle: string) =>
    failures.invalidValue(handle, "ReceiptHandle", "The receipt handle has expired."),
  malformed: (message: string) =>
    new SqsError(framework("SerializationException", "MalformedInput"), message),
  unknownOperation: (message: string) =>
    new SqsError(framework("UnknownOperationException", "InvalidAction"), message),
};
