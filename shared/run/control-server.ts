import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod";

/** What can be done to a running chapter from another terminal. */
export const commandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("hello") }),
  // Which troubles were made, one a line: "kill function", "outage 10", "duplicates 1".
  z.strictObject({ kind: z.literal("history") }),
  z.strictObject({ kind: z.literal("kill"), target: z.enum(["api", "worker", "function"]) }),
  z.strictObject({ kind: z.literal("outage"), seconds: z.number().positive().max(3_600) }),
  z.strictObject({ kind: z.literal("duplicates"), everyNth: z.int().min(0).max(1_000) }),
]);
export type ControlCommand = z.infer<typeof commandSchema>;

const answerSchema = z.object({ lines: z.array(z.string()) }).or(z.object({ error: z.string() }));
const tokenHeader = "x-take-a-ticket-token";
const maxBodyBytes = 10_000;
// Longer than the launcher waits for a function that is in the middle of a call.
const timeoutMs = 20_000;

export interface ControlServer {
  url: string;
  token: string;
  close: () => Promise<void>;
}

/** Takes commands on 127.0.0.1 from whoever can read the token, and from no web page. */
export async function startControlServer(
  carryOut: (command: ControlCommand) => Promise<string[]>,
): Promise<ControlServer> {
  const token = randomUUID();
  const server = createServer((request, response) => {
    const answer = (status: number, body: z.infer<typeof answerSchema>) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const { host, origin, [tokenHeader]: given } = request.headers;
    // A page of a browser sends an Origin, or a Host of its own that it has pointed at 127.0.0.1.
    if (host !== new URL(url).host || origin !== undefined || given !== token || request.method !== "POST") {
      answer(403, { error: "Expected a POST with this launcher's token; use `npm run break`" });
      return;
    }
    readBody(request)
      .then((body) => carryOut(commandSchema.parse(JSON.parse(body))))
      .then(
        (lines) => answer(200, { lines }),
        (error: unknown) => answer(409, { error: error instanceof Error ? error.message : String(error) }),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a command to a launcher; gives what it says about it. Rejects with the launcher's own sentence. */
export async function sendCommand(
  { controlUrl, token }: { controlUrl: string; token: string },
  command: ControlCommand,
): Promise<string[]> {
  const response = await fetch(controlUrl, {
    method: "POST",
    headers: { [tokenHeader]: token },
    body: JSON.stringify(command),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer = answerSchema.parse(await response.json());
  if ("error" in answer) {
    throw new Error(answer.error);
  }
  return answer.lines;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) {
      throw new Error(`Expected a command of at most ${maxBodyBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
