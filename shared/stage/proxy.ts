import { Agent, createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface SeenRequest {
  method: string;
  path: string;
  /** What the AWS SDK asks for, such as "GetItem"; from the header `X-Amz-Target`. */
  operation: string | undefined;
  body: string;
}

export interface Proxy {
  url: string;
  /** Where requests go from now on. Those that came before wait for it. */
  target: (url: string) => void;
  /** Keeps the answers to matching requests, which have done their work, until {@link Proxy.release}. */
  hold: (matches: (request: SeenRequest) => boolean) => void;
  /** How many answers are held at present. */
  held: () => number;
  /** Hands out what is held, and holds nothing more. */
  release: () => void;
  /** Refuses connections, as if nobody listened on the port, or listens again. */
  refuse: (on: boolean) => Promise<void>;
  /** Takes requests, neither passes them on nor answers. What hangs stays so until its caller gives up. */
  hang: (on: boolean) => void;
  /** Every request that came, in order. */
  seen: readonly SeenRequest[];
  close: () => Promise<void>;
}

/** Stands between an SDK client and the embedded AWS, so that a test decides when an answer arrives, and whether. */
export async function startProxy(): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  const seen: SeenRequest[] = [];
  const held: (() => void)[] = [];
  let matches: (request: SeenRequest) => boolean = () => false;
  let hangs = false;
  let setTarget: (url: URL) => void = () => {};
  let target = new Promise<URL>((resolve) => {
    setTarget = resolve;
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const what = describe(request, body);
    seen.push(what);
    if (hangs) {
      return;
    }
    const mustHold = matches(what);
    const answer = await ask(await target, request, response, body, agent);
    const handOut = () => response.writeHead(answer.status, answer.rawHeaders).end(answer.body);
    if (mustHold && matches(what)) {
      held.push(handOut);
    } else {
      handOut();
    }
  }

  const server = createServer((request, response) => {
    // Whatever goes wrong behind the proxy looks like a cut connection in front of it.
    pass(request, response).catch(() => response.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  const stopListening = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    target: (url) => {
      setTarget(new URL(url));
      target = Promise.resolve(new URL(url));
    },
    hold: (predicate) => {
      matches = predicate;
    },
    held: () => held.length,
    release: () => {
      matches = () => false;
      held.splice(0).forEach((handOut) => handOut());
    },
    refuse: async (on) => {
      if (on === server.listening) {
        await (on ? stopListening() : listen(port));
      }
    },
    hang: (on) => {
      hangs = on;
    },
    close: async () => {
      agent.destroy();
      await stopListening();
    },
  };
}

function describe(request: IncomingMessage, body: Buffer): SeenRequest {
  const operation = request.headers["x-amz-target"];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    operation: typeof operation === "string" ? operation.split(".").at(-1) : undefined,
    body: body.toString("utf8"),
  };
}

interface BackendAnswer {
  status: number;
  rawHeaders: string[];
  body: Buffer;
}

function ask(target: URL, request: IncomingMessage, response: ServerResponse, body: Buffer, agent: Agent) {
  return new Promise<BackendAnswer>((resolve, reject) => {
    const { method, url: path, rawHeaders } = request;
    const forwarded = httpRequest(
      { host: target.hostname, port: target.port, method, path, headers: rawHeaders, agent },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 502,
            rawHeaders: answer.rawHeaders,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    // A long poll whose caller left must be seen as left behind the proxy, too.
    response.once("close", () => {
      if (!response.writableEnded) {
        forwarded.destroy();
      }
    });
    forwarded.once("error", reject).end(body);
  });
}
