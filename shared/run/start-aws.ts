import { UsageError } from "#shared/command.ts";
import { startLocalAws } from "#shared/local-aws/start.ts";
import { ofNoAccount, ownCertificates } from "./environment.ts";
import type { ChapterParts } from "./chapters.ts";
import type { SomeAws } from "./other-aws.ts";
import type { Store } from "./chapter-processes.ts";

/** Another emulator's addresses (moto, LocalStack, DynamoDB Local ...). */
export interface Endpoints {
  sqsUrl: string;
  dynamoDbUrl: string;
}

/**
 * The emulator that the SDK's variables name, if they do: both services or none. Throws a {@link UsageError} for an address of
 * AWS itself, which takes the words `real-aws` and a stack.
 */
export function readEndpoints(env: Readonly<Record<string, string | undefined>>): Endpoints | undefined {
  const { AWS_ENDPOINT_URL_SQS: sqsUrl, AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl } = env;
  if (sqsUrl === undefined && dynamoDbUrl === undefined) {
    return undefined;
  }
  const isOther = (url = "") =>
    URL.canParse(url) && !/\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.test(new URL(url).hostname);
  if (sqsUrl === undefined || dynamoDbUrl === undefined || !isOther(sqsUrl) || !isOther(dynamoDbUrl)) {
    throw new UsageError(
      "Expected AWS_ENDPOINT_URL_SQS and AWS_ENDPOINT_URL_DYNAMODB to be an emulator's, both of them, " +
        `got ${sqsUrl ?? "nothing"} and ${dynamoDbUrl ?? "nothing"}; unset them for the embedded AWS.`,
    );
  }
  return { sqsUrl: sqsUrl.replace(/\/$/, ""), dynamoDbUrl: dynamoDbUrl.replace(/\/$/, "") };
}

// Instead of the 60 and 120 s that Lambda waits before its retries: a minute is a second here.
const teachingRetryDelaysSeconds = [1, 2];

/** For the last chapter, whose defaults are for a real account. 07 has the same values in its code. */
export const teachingTimes = {
  VisibilityTimeoutSeconds: "6",
  FunctionTimeoutSeconds: "4",
  VendorTimeoutSeconds: "3",
  RetryDelaysSeconds: "1,1,2,2",
};

// Everything listens on this machine only, and the simulator asks for no key.
const localKeys = { ApiKey: "only-on-this-machine-api", VendorKey: "only-on-this-machine-vendor" };

/** The template's defaults are right for AWS, but a workshop can't wait 24 s until a message comes back. */
export function teachingParameters(
  { parameters }: ChapterParts,
  { vendorUrl, store }: { vendorUrl: string; store: Store | undefined },
): Record<string, string> {
  const ours = { ...teachingTimes, ...localKeys, VendorUrl: vendorUrl, ...store?.parameters };
  return Object.fromEntries(Object.entries(ours).filter(([name]) => parameters.includes(name)));
}

interface AwsOptions {
  parts: ChapterParts;
  vendorUrl: string;
  /** Parameters of the template. */
  parameters: Record<string, string>;
  /** Variables for the functions. */
  environment: Readonly<Record<string, string>>;
  consumers: boolean;
  maximumConcurrency?: number | undefined;
  endpoints?: Endpoints | undefined;
  hasTrace: boolean;
  onLine: (process: string, line: string) => void;
}

/** Starts the embedded AWS with the template's resources, or uses the other emulator at `endpoints`. */
export async function startAws(options: AwsOptions): Promise<SomeAws> {
  const { parts, vendorUrl, parameters, environment, consumers, maximumConcurrency, endpoints } = options;
  const { templateFile } = parts;
  if (endpoints) {
    // Loaded only now: it needs the SDK, and every other start would wait for it.
    const { startElsewhere } = await import("./other-aws.ts");
    return await startElsewhere({ ...endpoints, templateFile, parameters });
  }
  // Where the template has a vendor that exists on AWS only, its functions call this one.
  const vendor = parts.parameters.includes("VendorUrl") ? {} : { VENDOR_URL: vendorUrl };
  return await startLocalAws({
    templateFile,
    parameters,
    environment: { ...vendor, ...environment },
    consumers,
    ...(parts.hasInvokedFunction && { asyncRetryDelaysSeconds: teachingRetryDelaysSeconds }),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    ...(!options.hasTrace && { trace: "off" }),
    onLine: options.onLine,
  });
}

type Addresses = Pick<SomeAws, "sqsUrl" | "dynamoDbUrl" | "lambdaUrl">;

/** The variables that point our AWS SDK clients at this AWS, and no other. */
export function awsEnvironment({ sqsUrl, dynamoDbUrl, lambdaUrl }: Addresses): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SQS: sqsUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_LAMBDA: lambdaUrl,
    AWS_REGION: "us-east-1",
    ...ofNoAccount,
    // Another emulator may use HTTPS with its own certificate.
    ...(sqsUrl.startsWith("https:") && ownCertificates()),
  };
}
