// What the parent and the process of the embedded AWS say to each other, apart from "ready" and "stop" (child.ts).

/** How the process is started; in argv, since it is needed before anything else. */
export interface ProcessOptions {
  /** Absolute. */
  templateFile?: string;
  parameters?: Record<string, string>;
  environment?: Record<string, string>;
  consumers?: boolean;
  /** Before the retries of an asynchronous event; AWS waits 60 and 120 s. */
  asyncRetryDelaysSeconds?: number[];
  /** In place of every event source mapping's own. */
  maximumConcurrency?: number;
  /** "off": nothing is noted. */
  trace?: "off" | undefined;
  sqsPort?: number;
  dynamoDbPort?: number;
}

/** What the parent may ask for while it runs. */
export type AwsCommand =
  | { name: "deliverTwice"; everyNth: number; delaysMs: number[] }
  | { name: "enableMapping"; enabled: boolean }
  | { name: "killEnvironment"; pid: number };

/** To the process. */
export interface CommandMessage {
  kind: "command";
  id: number;
  command: AwsCommand;
}

/** What is known once everything of the template is there. */
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

/** From the process. */
export type AwsMessage =
  | ({ kind: "ready" } & AwsDetails)
  | { kind: "failed"; name: string; message: string }
  | { kind: "line"; source: string; line: string }
  | { kind: "answer"; id: number; error?: string };
