import { describe, expect, it } from "vitest";
import { ResponseReader } from "./response-reader.ts";

const answer = (head: string, body = "") => `HTTP/1.1 ${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`;

/** Feeds a text in pieces of this size. Returns what was read when it was complete. */
function read(text: string, pieceBytes: number, { isHead = false, keepBytes = 1_000 } = {}) {
  const reader = new ResponseReader({ isHead, keepBytes });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    if (reader.feed(bytes.subarray(at, at + pieceBytes))) {
      const { status, body, mayReuse } = reader;
      return { status, body, mayReuse, at: Math.min(at + pieceBytes, bytes.length) };
    }
  }
  return { endIsEnd: reader.end(), body: reader.body };
}

describe.each([1, 2, 7, 10_000])("in pieces of %i bytes", (pieceBytes) => {
  it.each([
    ["a counted body", answer("200 OK\nContent-Length: 5", "hällo".slice(0, 4)), "häll", true],
    ["no body at all", answer("204 No Content"), "", true],
    ["an empty one", answer("200 OK\ncontent-length:0"), "", true],
    ["no reason beside the status", answer("202\ncontent-length: 1", "a"), "a", true],
    [
      "chunks",
      answer("200 OK\nTransfer-Encoding: chunked", "3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"),
      "abc0123456789",
      true,
    ],
    [
      "chunks with trailers",
      answer("200 OK\ntransfer-encoding: chunked", "1\r\na\r\n0\r\nx: y\r\n\r\n"),
      "a",
      true,
    ],
    ["a head before the head", answer("100 Continue") + answer("200 OK\ncontent-length: 1", "a"), "a", true],
    [
      "the last answer of its connection",
      answer("200 OK\nConnection: close\ncontent-length: 1", "a"),
      "a",
      false,
    ],
    ["an old server's", "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na", "a", false],
  ])("reads %s", (_what, text, body, mayReuse) => {
    expect(read(text, pieceBytes)).toMatchObject({ body, mayReuse, at: Buffer.byteLength(text) });
  });

  it("reads a body that ends with the connection, and no other that is cut off", () => {
    expect(read(answer("200 OK", "abc"), pieceBytes)).toEqual({ endIsEnd: true, body: "abc" });
    expect(read(answer("200 OK\ncontent-length: 9", "abc"), pieceBytes).endIsEnd).toBe(false);
    expect(read(answer("200 OK\ntransfer-encoding: chunked", "3\r\nabc\r\n"), pieceBytes).endIsEnd).toBe(
      false,
    );
    expect(read("HTTP/1.1 200 OK\r\n", pieceBytes).endIsEnd).toBe(false);
  });

  it("waits for no body after HEAD, and keeps no more of a body than it should", () => {
    expect(read(answer("200 OK\ncontent-length: 9"), pieceBytes, { isHead: true })).toMatchObject({
      status: 200,
    });
    expect(
      read(answer("200 OK\ncontent-length: 9", "123456789"), pieceBytes, { keepBytes: 4 }),
    ).toMatchObject({
      body: "1234",
      mayReuse: true,
    });
  });

  it("refuses what is not HTTP/1.1", () => {
    expect(() => read("SSH-2.0-OpenSSH\r\n\r\n", pieceBytes)).toThrow("not HTTP/1.1");
    expect(() => read(answer("200 OK\ncontent-length: five"), pieceBytes)).toThrow("not HTTP/1.1");
    expect(() => read(answer("200 OK\ntransfer-encoding: chunked", "xyz\r\n"), pieceBytes)).toThrow(
      "not HTTP/1.1",
    );
    expect(() => read("a".repeat(70_000), 10_000)).toThrow("not HTTP/1.1");
  });
});

it("doesn't reuse a connection that sent more than the answer", () => {
  for (const more of ["more", answer("500 Unasked\ncontent-length: 1", "b")]) {
    const text = answer("200 OK\ncontent-length: 1", "a") + more;
    expect(read(text, 10_000)).toMatchObject({ status: 200, body: "a", mayReuse: false });
  }
});

it("knows how long the server keeps the connection open", () => {
  const reader = new ResponseReader({ isHead: false, keepBytes: 0 });

  reader.feed(Buffer.from(answer("200 OK\nKeep-Alive: timeout=5, max=100\ncontent-length: 0")));

  expect(reader.keptOpenMs).toBe(5_000);
});
