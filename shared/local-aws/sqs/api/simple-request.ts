import { maxHeaderSize, STATUS_CODES } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

/** What an SDK sends: one POST with a body of a stated length. */
export interface SimpleRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const headEnd = "\r\n\r\n";
// The characters that every SDK gets along with. No two parts match the same text, so a failed match ends soon.
const form = /^POST \/[!-~]* HTTP\/1\.1(?:\r\n[\w-]+:[ -~]*)+$/;
const meansMore = ["transfer-encoding", "expect", "upgrade", "proxy-connection"] as const;

/**
 * The request, if this piece of a connection is one in the form that SDKs use, whole and with nothing behind it. Undefined for
 * every other form, and for whatever HTTP forbids.
 */
export function readSimpleRequest(piece: Buffer): SimpleRequest | undefined {
  const end = piece.indexOf(headEnd);
  const bodyStart = end + headEnd.length;
  if (end === -1 || bodyStart > maxHeaderSize) {
    return undefined;
  }
  // Without the body, which would stay in memory as long as any header's value.
  const head = piece.toString("latin1", 0, end);
  if (!form.test(head)) {
    return undefined;
  }
  const headers = headersIn(head);
  return headers?.["content-length"] === String(piece.length - bodyStart) &&
    (headers.connection ?? "keep-alive") === "keep-alive" &&
    !meansMore.some((name) => name in headers)
    ? { headers, body: piece.toString("utf8", bodyStart) }
    : undefined;
}

/** By name in small letters. Undefined if one comes twice: what that means depends on the header. */
function headersIn(head: string): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  for (let at = head.indexOf("\r\n"); at !== -1;) {
    const next = head.indexOf("\r\n", at + 2);
    const colon = head.indexOf(":", at);
    const name = head.slice(at + 2, colon).toLowerCase();
    if (name in headers) {
      return undefined;
    }
    headers[name] = head.slice(colon + 1, next === -1 ? undefined : next).trim();
    at = next;
  }
  return headers;
}

/** An answer as it goes over the connection, which stays open. `headers` are names and values in turn. */
export function writeAnswer(status: number, headers: readonly string[], body: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  }
  return `${head}Date: ${date()}\r\nConnection: keep-alive${headEnd}${body}`;
}

let [second, written] = [0, ""];

/** The time, as HTTP writes it. SDKs correct their clock by it. */
function date(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    written = new Date(now * 1_000).toUTCString();
  }
  return written;
}
