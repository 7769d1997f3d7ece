// The messages between the embedded AWS's process and its parent, apart from "ready" and "stop" (child.ts).

/** How the process is started. It travels in argv, since the process needs it before anything else. */
export interface ProcessOptions {
  /** Absolute path. */
  templateFile?: string;
  parameters?: Record<string, string>;
  environment?: Record<string, string>;
  consumers?: boolean;
  /** The waits before the retries of an asynchronous event. AWS waits 60 and 120 s. */
  asyncRetryDelaysSeconds?: number[];
  /** Replaces the maximum concurrency of every event source mapping. */
  maximumConcurrency?: number;
  /** "off": records nothing. */
  trace?: "off" | undefined;
  sqsPort?: number;
  dynamoDbPort?: number;
}

/** What the parent may ask of the running process. */
export type AwsCommand =
  | { name: "deliverTwice"; everyNth: number; delaysMs: number[] }
  | { name: "enableMapping"; enabled: boolean }
  | { name: "killEnvironment"; pid: number };

/** From the parent to the process. */
export interface CommandMessage {
  kind: "command";
  id: number;
  command: AwsCommand;
}

/** What is known once everything in the template exists. */
export interface AwsDetails {
  sqsUrl: string;
  dynamoDbUrl: string;
  lambdaUrl: string;
  inspectUrl: string;
  outputs: Record<string, string>;
  parameters: Record<string, string>;
  overrides: Record<string, string>;
  ignored: string[];
}

/** From the process to the parent. */
export type AwsMessage =
  | ({ kind: "ready" } & AwsDetails)
  | { kind: "failed"; name: string; message: string }
  | { kind: "line"; source: string; line: string }
  | { kind: "answer"; id: number; error?: string };
