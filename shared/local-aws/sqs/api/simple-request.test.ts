import { maxHeaderSize } from "node:http";
import { expect, it, onTestFinished, vi } from "vitest";
import { readSimpleRequest, writeAnswer } from "./simple-request.ts";

const lines = ["POST / HTTP/1.1", "Host: 127.0.0.1:4711", "X-Amz-Target: AmazonSQS.SendMessage"];
const piece = (head: readonly string[], body = "{}") => Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);

it("reads the headers by their names in small letters, and the body as UTF-8", () => {
  const body = '{"MessageBody":"Zoë ☂"}';
  const head = [...lines, `Content-Length:${Buffer.byteLength(body)}`, "connection: keep-alive", "Empty:"];

  expect(readSimpleRequest(piece(head, body))).toEqual({
    headers: {
      host: "127.0.0.1:4711",
      "x-amz-target": "AmazonSQS.SendMessage",
      "content-length": String(Buffer.byteLength(body)),
      connection: "keep-alive",
      empty: "",
    },
    body,
  });
});

it.each([
  ["only part of the head", Buffer.from("POST / HTTP/1.1\r\nHost: a\r\n")],
  ["only part of the body", piece([...lines, "Content-Length: 3"])],
  ["more than the body", piece([...lines, "Content-Length: 1"])],
  ["no length", piece(lines)],
  ["a length that is no number", piece([...lines, "Content-Length: two"])],
  ["a length in another notation", piece([...lines, "Content-Length: 02"])],
  ["two lengths", piece([...lines, "Content-Length: 2", "content-length: 2"])],
  ["two of the same header", piece([...lines, "Content-Length: 2", "Host: 127.0.0.1"])],
  ["a body in chunks", piece([...lines, "Content-Length: 2", "Transfer-Encoding: chunked"])],
  ["a wait for 100", piece([...lines, "Content-Length: 2", "Expect: 100-continue"])],
  ["another protocol", piece([...lines, "Content-Length: 2", "Upgrade: h2c"])],
  ["a connection that ends", piece([...lines, "Content-Length: 2", "Connection: close"])],
  ["another method", piece(["GET / HTTP/1.1", ...lines.slice(1), "Content-Length: 2"])],
  ["a target that isn't a path", piece(["POST a HTTP/1.1", ...lines.slice(1), "Content-Length: 2"])],
  ["a proxy's connection", piece([...lines, "Content-Length: 2", "Proxy-Connection: close"])],
  ["another version", piece(["POST / HTTP/1.0", ...lines.slice(1), "Content-Length: 2"])],
  ["no headers", piece(["POST / HTTP/1.1"])],
  ["a folded header", piece([...lines, " more", "Content-Length: 2"])],
  ["a space before the colon", piece([...lines, "Content-Length : 2"])],
  ["ends of lines without CR", piece([...lines, "A: b\nC: d", "Content-Length: 2"])],
  ["a character beyond ASCII", piece([...lines, "A: ü", "Content-Length: 2"])],
  ["a name that every object has", piece([...lines, "constructor: a", "Content-Length: 2"])],
  ["another name of that kind", piece([...lines, "__proto__: a", "Content-Length: 2"])],
  [
    "a head that node:http refuses",
    piece([...lines, `A: ${"a".repeat(maxHeaderSize)}`, "Content-Length: 2"]),
  ],
  // If two parts of the form matched the same spaces, this would take longer than the universe is old.
  ["many headers, the last one wrong", piece([...lines, ...Array(300).fill("A:  b"), "C: \u0001"])],
])("leaves to node:http: %s", (_what, bytes) => {
  expect(readSimpleRequest(bytes)).toBeUndefined();
});

it("writes an answer with its headers, the time, and a body that may have any characters", () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 27, 18, 0, 59, 999) });
  onTestFinished(() => void vi.useRealTimers());
  const write = () => writeAnswer(400, ["Content-Length", "3", "X-A", "b"], "☂");
  const expected = (time: string) =>
    [
      "HTTP/1.1 400 Bad Request",
      "Content-Length: 3",
      "X-A: b",
      `Date: Fri, 27 Nov 2026 ${time} GMT`,
      "Connection: keep-alive",
      "",
      "☂",
    ].join("\r\n");

  expect(write()).toBe(expected("18:00:59"));
  vi.advanceTimersByTime(1);
  expect(write()).toBe(expected("18:01:00"));
});
