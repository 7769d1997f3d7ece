import { failures } from "./errors.ts";
import { readFifoAttribute, writeFifoAttributes } from "./fifo.ts";
import type { FifoSettings } from "./fifo.ts";

/** After `maxReceiveCount` receives without a delete, the next receive sets the message aside. */
interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** A queue's attributes, parsed. */
export interface QueueSettings {
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
  readonly messageRetentionPeriodSeconds: number;
  readonly maximumMessageSizeBytes: number;
  readonly receiveMessageWaitTimeSeconds: number;
  readonly redrivePolicy?: RedrivePolicy;
  /** FIFO queues only. */
  readonly fifo?: FifoSettings;
}

/** 1 MiB, for a message and for a batch; 256 KiB until August 2025. */
export const maximumMessageSizeBytes = 1_048_576;

/** AWS's defaults. */
export const defaultSettings: QueueSettings = {
  visibilityTimeoutSeconds: 30,
  delaySeconds: 0,
  messageRetentionPeriodSeconds: 345_600,
  maximumMessageSizeBytes,
  receiveMessageWaitTimeSeconds: 0,
};

/** The defaults of a FIFO queue. */
export const fifoDefaults: QueueSettings = { ...defaultSettings, fifo: { contentBasedDeduplication: false } };

/** The numeric attributes, with AWS's limits. */
export const numericAttributes = {
  VisibilityTimeout: { key: "visibilityTimeoutSeconds", min: 0, max: 43_200 },
  DelaySeconds: { key: "delaySeconds", min: 0, max: 900 },
  MessageRetentionPeriod: { key: "messageRetentionPeriodSeconds", min: 60, max: 1_209_600 },
  MaximumMessageSize: { key: "maximumMessageSizeBytes", min: 1_024, max: maximumMessageSizeBytes },
  ReceiveMessageWaitTimeSeconds: { key: "receiveMessageWaitTimeSeconds", min: 0, max: 20 },
} as const;

// AWS knows these, but they mean nothing here. Accepting them and doing nothing would be a lie about encryption or permissions.
const onAwsOnly = [
  "Policy",
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
  "SqsManagedSseEnabled",
  "RedriveAllowPolicy",
  "DeduplicationScope",
  "FifoThroughputLimit",
];

/** Parses attributes as they come over the wire. What is missing stays as in `base`. Throws {@link SqsError}. */
export function readSettings(attributes: Record<string, string>, base: QueueSettings): QueueSettings {
  let settings = base;
  for (const [name, value] of Object.entries(attributes)) {
    const fifo = readFifoAttribute(name, value, settings.fifo);
    if (fifo !== undefined) {
      settings = { ...settings, fifo };
    } else if (name === "RedrivePolicy") {
      const { redrivePolicy: _replaced, ...rest } = settings;
      settings = value === "" ? rest : { ...rest, redrivePolicy: readRedrivePolicy(value) };
    } else if (isNumericAttribute(name)) {
      const { key, min, max } = numericAttributes[name];
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < min || number > max) {
        throw failures.invalidAttribute(name, `Must be an integer from ${min} to ${max}, got "${value}".`);
      }
      settings = { ...settings, [key]: number };
    } else if (onAwsOnly.includes(name)) {
      throw failures.unsupported(
        `Attribute ${name} means something on AWS only: the embedded SQS has none of it.`,
      );
    } else {
      throw failures.unknownAttribute(name);
    }
  }
  return settings;
}

/** The attributes as AWS writes them. */
export function writeSettings(settings: QueueSettings): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, { key }] of Object.entries(numericAttributes)) {
    attributes[name] = String(settings[key]);
  }
  if (settings.redrivePolicy !== undefined) {
    attributes["RedrivePolicy"] = JSON.stringify(settings.redrivePolicy);
  }
  return settings.fifo === undefined ? attributes : { ...attributes, ...writeFifoAttributes(settings.fifo) };
}

export function isNumericAttribute(name: string): name is keyof typeof numericAttributes {
  return Object.hasOwn(numericAttributes, name);
}

function readRedrivePolicy(value: string): RedrivePolicy {
  const refuse = (reason: string) => failures.invalidValue(value, "RedrivePolicy", reason);
  const policy = parseObject(value, refuse("Must be a JSON object."));
  const missing = ["deadLetterTargetArn", "maxReceiveCount"].find((name) => policy[name] === undefined);
  if (missing !== undefined) {
    throw refuse(`Redrive policy does not contain mandatory attribute: ${missing}.`);
  }
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (typeof deadLetterTargetArn !== "string" || !deadLetterTargetArn.startsWith("arn:aws:sqs:")) {
    throw refuse("Invalid value for deadLetterTargetArn.");
  }
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw refuse("Invalid value for maxReceiveCount, must be an integer from 1 to 1000.");
  }
  return { deadLetterTargetArn, maxReceiveCount: count };
}

function parseObject(text: string, otherwise: Error): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw otherwise;
  }
  if (typeof parsed !== "object" || parsed === null) {
    throw otherwise;
  }
  return parsed as Record<string, unknown>;
}
