import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { close, listen } from "#shared/listen.ts";
import { testPatienceMs } from "#shared/testing/eventually.ts";
import { ExchangeServer } from "./exchanges.ts";
import type { Exchange } from "./exchanges.ts";
import { startSqs } from "./server.ts";

const bodyBytesMax = 1_000;
const patience = { timeout: testPatienceMs };

/** A server that says what it was asked. `hold` keeps its answers back, until `release` is called. */
async function startServer({ hold = false } = {}) {
  const held: (() => void)[] = [];
  const used: Exchange[] = [];
  const server = new ExchangeServer({
    bodyBytesMax,
    use: (exchange) => {
      used.push(exchange);
      // "big 5000000" gets an answer of that size.
      const size = Number(/^big (\d+)$/.exec(exchange.body)?.[1] ?? 0);
      const said = `${exchange.method} ${exchange.body}\n`.padStart(size, "-");
      const answer = () =>
        exchange.answer(200, ["Content-Length", String(Buffer.byteLength(said)), "X-Said", "yes"], said);
      if (hold) {
        held.push(answer);
      } else {
        answer();
      }
    },
  });
  const sockets: Socket[] = [];
  const errors: Error[] = [];
  server.on("connection", (socket: Socket) => {
    sockets.push(socket);
    // The system's errors come from a client that leaves.
    socket.on("error", (error) => errors.push(...("syscall" in error ? [] : [error])));
  });
  const { port } = await listen(server);
  onTestFinished(() => close(server));
  const release = () => held.splice(0).forEach((answer) => answer());
  return { server, port, used, sockets, errors, release };
}

type Running = Awaited<ReturnType<typeof startServer>>;

/** Sends each piece after the server has read the one before: by then it has used a later connection's request. */
async function sendOneByOne({ port, used }: Running, { socket }: Client, pieces: readonly string[]) {
  for (const piece of pieces) {
    socket.write(piece);
    const other = new Client(port);
    const before = used.length;
    other.socket.write(request("other"));
    await expect.poll(() => used.length, patience).toBe(before + 1);
  }
}

/** A connection with all that it has received. */
class Client {
  received = "";
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.setEncoding("utf8").on("data", (text: string) => (this.received += text));
    onTestFinished(() => void this.socket.destroy());
  }

  /** Resolves when so many answers are there, with their bodies. */
  async answers(count: number): Promise<string[]> {
    for (;;) {
      const bodies = [...this.received.matchAll(/^((?:POST|GET) \w*)\n/gm)].map(([, body = ""]) => body);
      if (bodies.length >= count) {
        return bodies;
      }
      await once(this.socket, "data");
    }
  }

  async ended(): Promise<string> {
    if (!this.socket.closed) {
      await once(this.socket, "close");
    }
    return this.received;
  }
}

const request = (body: string, more: readonly string[] = []) =>
  ["POST / HTTP/1.1", "Host: 127.0.0.1", ...more, `Content-Length: ${body.length}`, "", body].join("\r\n");

describe("a connection", () => {
  it("stays open for one request after the other", async () => {
    const { port } = await startServer();
    const client = new Client(port);

    for (const [at, body] of ["a", "b", "c"].entries()) {
      client.socket.write(request(body));
      expect((await client.answers(at + 1)).at(-1)).toBe(`POST ${body}`);
    }

    expect(client.received.match(/^Connection: keep-alive\r$/gm)).toHaveLength(3);
    expect(client.received.match(/^X-Said: yes\r$/gm)).toHaveLength(3);
    expect(client.received.match(/^Date: .* GMT\r$/gm)).toHaveLength(3);
  });

  it.each([
    ["in the middle of the head", 20],
    ["between head and body", request("first").length - "first".length],
    ["in the middle of the body", request("first").length - 2],
  ])("takes a request in two pieces, cut %s, and simple ones before and behind it", async (_where, at) => {
    const { port } = await startServer();
    const client = new Client(port);
    const first = request("first");

    client.socket.write(request("before"));
    await client.answers(1);
    client.socket.write(first.slice(0, at));
    // The next piece comes after the server has read this one: it has answered a later connection.
    const other = new Client(port);
    other.socket.write(request("other"));
    await other.answers(1);
    client.socket.write(first.slice(at));
    await client.answers(2);
    client.socket.write(request("behind"));

    expect(await client.answers(3)).toEqual(["POST before", "POST first", "POST behind"]);
  });

  it("takes several requests in one piece, in their order", async () => {
    const { port } = await startServer();
    const client = new Client(port);

    client.socket.write(request("a") + request("b") + request("c"));

    expect(await client.answers(3)).toEqual(["POST a", "POST b", "POST c"]);
  });

  it.each([
    ["in two pieces", [request("second").slice(0, 30), request("second").slice(30)]],
    ["longer than any body", Array<string>(3).fill(request("second", [`X-Long: ${"a".repeat(500)}`]))],
  ])("uses the next requests, %s, once the one before is answered", async (_how, pieces) => {
    const running = await startServer({ hold: true });
    const { port, used, sockets, release } = running;
    const client = new Client(port);
    client.socket.write(request("first"));
    await expect.poll(() => used.length, patience).toBe(1);

    await sendOneByOne(running, client, pieces);
    expect(used.map(({ body }) => body)).toEqual(["first", ...pieces.map(() => "other")]);
    expect(sockets[0]?.isPaused()).toBe(pieces.join("").length > bodyBytesMax);
    const seconds = pieces.join("").split("POST").length - 1;
    for (let answered = 0; answered <= seconds; answered += 1) {
      await expect.poll(() => used.length, patience).toBeGreaterThan(pieces.length + answered);
      release();
      await client.answers(answered + 1);
    }

    expect(await client.answers(1 + seconds)).toEqual(["POST first", ...Array(seconds).fill("POST second")]);
  });

  it("uses the next request once its client has read the answer before", async () => {
    const running = await startServer();
    const { port, used } = running;
    const client = new Client(port);
    client.socket.pause();
    client.socket.write(request("big 20000000"));
    await expect.poll(() => used.length, patience).toBe(1);

    await sendOneByOne(running, client, [request("next")]);
    expect(used.map(({ body }) => body)).toEqual(["big 20000000", "other"]);
    client.socket.resume();

    await expect.poll(() => client.received.endsWith("POST next\n"), patience).toBe(true);
    expect(client.received.length).toBeGreaterThan(20_000_000);
  });

  it("brings an answer to its end whose client ends its side before it has read it", async () => {
    const running = await startServer();
    const client = new Client(running.port);
    client.socket.pause();
    client.socket.write(request("big 20000000"));
    await expect.poll(() => running.used.length, patience).toBe(1);

    await sendOneByOne(running, client, [request("next")]);
    client.socket.end();
    client.socket.resume();

    expect((await client.ended()).split("\r\n\r\n")[1]).toHaveLength(20_000_000);
  });

  it("takes a body in chunks, with which a length says nothing", async () => {
    const { port } = await startServer();
    const client = new Client(port);

    client.socket.write(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );

    expect(await client.answers(1)).toEqual(["POST abcde"]);
  });

  it("tells a client that waits for it to go on", async () => {
    const { port } = await startServer();
    const client = new Client(port);

    client.socket.write(request("abc", ["Expect: 100-continue"]));
    await client.answers(1);

    expect(client.received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it("ends when the client wants that", async () => {
    const { port } = await startServer();
    const client = new Client(port);

    client.socket.write(request("abc", ["Connection: close"]));

    expect(await client.ended()).toMatch(/Connection: close\r\n\r\nPOST abc\n$/);
  });

  it("ends when the client ends it after an answer", async () => {
    const { port } = await startServer();
    const client = new Client(port);
    client.socket.write(request("abc"));
    await client.answers(1);

    client.socket.end();

    expect(await client.ended()).toMatch(/POST abc\n$/);
  });

  it("ends with the server, before its first request, between two, and during one", async () => {
    const { server, port, used, release } = await startServer({ hold: true });
    const [fresh, between, during] = [new Client(port), new Client(port), new Client(port)];
    await once(fresh.socket, "connect");
    between.socket.write(request("a"));
    await expect.poll(() => used.length, patience).toBe(1);
    release();
    await between.answers(1);
    during.socket.write(request("b"));
    await expect.poll(() => used.length, patience).toBe(2);

    const closed = close(server);
    // Too late, but no fault.
    release();

    await closed;
    expect(await during.ended()).toBe("");
    await Promise.all([fresh.ended(), between.ended()]);
  });
});

describe.each([
  ["simple", request("a")],
  ["not simple", request("a", ["Connection: Keep-Alive"])],
])("the signal of a request that is %s", (_form, bytes) => {
  it.each([
    ["hangs up", (socket: Socket) => socket.destroy()],
    ["ends its side", (socket: Socket) => socket.end()],
    ["breaks the connection", (socket: Socket) => socket.resetAndDestroy()],
  ])("is aborted when the client %s", async (_how, leave) => {
    const { port, used, errors, release } = await startServer({ hold: true });
    const client = new Client(port);
    client.socket.write(bytes);
    await expect.poll(() => used.length, patience).toBe(1);
    const signal = used[0]?.hangUpSignal();
    expect(signal?.aborted).toBe(false);
    // As a long poll is answered then. Nobody hears it, and it is no fault.
    signal?.addEventListener("abort", () => queueMicrotask(release));

    leave(client.socket);

    await expect.poll(() => signal?.aborted, patience).toBe(true);
    await client.ended();
    expect(errors).toEqual([]);
  });

  it("is aborted if the client has left before someone asks for it", async () => {
    const { server, port, used } = await startServer({ hold: true });
    const client = new Client(port);
    client.socket.write(bytes);
    await expect.poll(() => used.length, patience).toBe(1);

    client.socket.destroy();
    const connections = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(connections, patience).toBe(0);

    expect(used[0]?.hangUpSignal().aborted).toBe(true);
  });
});

it.each([
  ["hangs up", (socket: Socket) => socket.destroy()],
  ["ends its side", (socket: Socket) => socket.end()],
  ["breaks the connection", (socket: Socket) => socket.resetAndDestroy()],
])("a client that %s after it has sent more is noticed, and nothing of it stays", async (_how, leave) => {
  const running = await startServer({ hold: true });
  const { port, used, sockets, errors, release } = running;
  const client = new Client(port);
  client.socket.write(request("a"));
  await expect.poll(() => used.length, patience).toBe(1);
  const signal = used[0]?.hangUpSignal();
  signal?.addEventListener("abort", () => queueMicrotask(release));
  await sendOneByOne(running, client, ["POST", " / HTTP/1.1\r\n", "Host: 127.0.0.1\r\n"]);

  leave(client.socket);

  await expect.poll(() => signal?.aborted, patience).toBe(true);
  await expect.poll(() => sockets[0]?.closed, patience).toBe(true);
  expect(errors).toEqual([]);
  // node:http keeps one for each connection that it was given, until that closes.
  expect(sockets[0]).not.toHaveProperty("parser");
});

it.each([
  ["a page of a site", request("a", ["Origin: https://example.com"]), 403],
  ["a site whose name was pointed here", request("a").replace("127.0.0.1", "example.com"), 403],
  ["something that isn't HTTP", "hello\r\n\r\n", 400],
  ["a body with two lengths", request("a", ["Content-Length: 5"]), 400],
])("refuses %s, and uses nothing of it", async (_what, bytes, status) => {
  const { port, used } = await startServer();
  const client = new Client(port);

  client.socket.write(bytes);

  expect(await client.ended()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(used).toEqual([]);
});

it.each([
  ["in one piece", (bytes: string) => [bytes]],
  ["in two", (bytes: string) => [bytes.slice(0, -1), bytes.slice(-1)]],
])("refuses a longer body than any message has, %s", async (_how, cut) => {
  const { port, used } = await startServer();
  const client = new Client(port);

  for (const piece of cut(request("a".repeat(bodyBytesMax + 1)))) {
    client.socket.write(piece);
  }

  await expect.poll(() => client.received, patience).toMatch(/^HTTP\/1\.1 413 /);
  expect(used).toEqual([]);
});

it("takes other methods, which SQS refuses by name", async () => {
  const { port } = await startServer();
  const client = new Client(port);

  client.socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");

  expect(await client.answers(1)).toEqual(["GET "]);
});

it.each([
  ["simple", []],
  ["not simple", ["Connection: Keep-Alive"]],
])("SQS answers a long poll that is %s before it ends", async (_form, more) => {
  const sqs = await startSqs();
  onTestFinished(() => sqs.close());
  sqs.service.createQueue("empty");
  const port = Number(new URL(sqs.url).port);
  const ask = (action: string, input: object) =>
    request(JSON.stringify(input), [`X-Amz-Target: AmazonSQS.${action}`, ...more]);
  const poll = new Client(port);
  poll.socket.write(ask("ReceiveMessage", { QueueUrl: sqs.queueUrl("empty"), WaitTimeSeconds: 20 }));
  // Answered later, so the poll waits by then.
  const other = new Client(port);
  other.socket.write(ask("ListQueues", {}));
  await expect.poll(() => other.received, patience).toMatch(/"QueueUrls"/);

  await sqs.close();

  expect(await poll.ended()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n{}$/s);
});
