import { join } from "node:path";
import { forkChild } from "./child-process.ts";

interface RedriveOptions {
  /** The chapter's. */
  folder: string;
  /** The chapter's outputs and the AWS_* variables. */
  environment: Readonly<Record<string, string>>;
}

/** Runs a chapter's redrive.ts to its end; gives what it said. Rejects with its error. */
export async function runRedrive({ folder, environment }: RedriveOptions): Promise<string> {
  const lines: string[] = [];
  const child = forkChild({
    name: "redrive",
    file: join(folder, "redrive.ts"),
    env: environment,
    onLine: (_process, line) => lines.push(line),
  });
  const how = await child.exited;
  if (how !== "exit code 0") {
    throw new Error(`Expected the redrive to start, but it ended: ${how}`);
  }
  return lines.join("\n");
}
