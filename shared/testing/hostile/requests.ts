import { gzipSync } from "node:zlib";
import { changedBody } from "./bodies.ts";
import type { Dice } from "./dice.ts";

/** A valid request, from which hostile ones are made. */
export interface Sample {
  /** Default POST. */
  method?: string;
  /** Default /. */
  path?: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Absent: no body. */
  body?: unknown;
}

export interface HostileRequest {
  /** What was done to the sample, in words. */
  how: string;
  bytes: Buffer;
  /** It breaks off, or announces it, so the server may close the connection without an answer. */
  isCut: boolean;
}

/** A request that is being made hostile. */
interface Draft {
  how: string[];
  method: string;
  path: string;
  version: string;
  headers: [name: string, value: string][];
  body: Buffer;
  isCut: boolean;
}

type Attack = (draft: Draft, dice: Dice) => void;

/** Makes one of the samples hostile, or now and then leaves it unchanged. The same dice make the same request. */
export function hostileRequest(samples: readonly Sample[], host: string, dice: Dice): HostileRequest {
  const sample = dice.pick(samples);
  const hasBody = sample.body !== undefined;
  const draft: Draft = {
    how: [],
    method: sample.method ?? "POST",
    path: sample.path ?? "/",
    version: "HTTP/1.1",
    headers: [
      ["Host", host],
      ["Connection", "close"],
      ...Object.entries({ ...(hasBody && { "Content-Type": "application/json" }), ...sample.headers }),
    ],
    body: Buffer.alloc(0),
    isCut: false,
  };
  const isLeft = dice.next() < 0.05;
  const isBodyChanged = hasBody && !isLeft && dice.next() < 0.6;
  if (hasBody) {
    const { how, body } = isBodyChanged
      ? changedBody(sample.body, dice)
      : { how: [], body: Buffer.from(JSON.stringify(sample.body)) };
    draft.how.push(...how);
    draft.body = body;
  }
  if (!isLeft && (!isBodyChanged || dice.next() < 0.15)) {
    dice.pick(attacks)(draft, dice);
  }
  return finish(draft, dice);
}

function finish(draft: Draft, dice: Dice): HostileRequest {
  const { how, method, path, version, headers, body } = draft;
  const hasLength = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const lines = [
    `${method} ${path} ${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body.length > 0 && !hasLength ? [`Content-Length: ${body.length}`] : []),
  ];
  const whole = Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
  const request = { how: how.join(", ") || "as it should be", bytes: whole, isCut: draft.isCut };
  return dice.next() < 0.08 ? brokenFrame(request, dice) : request;
}

const attacks: readonly Attack[] = [
  (draft, dice) => {
    const at = dice.below(draft.headers.length);
    const [[name]] = draft.headers.splice(at, 1, [draft.headers[at]?.[0] ?? "", oddHeaderValue(dice)]) as [
      [string, string],
    ];
    draft.how.push(`another ${name}`);
    draft.isCut ||= framing.test(name);
  },
  (draft, dice) => {
    const [[name]] = draft.headers.splice(dice.below(draft.headers.length), 1) as [[string, string]];
    draft.how.push(`no ${name}`);
    // Without "Connection: close" it stays open, so we have to close it.
    draft.isCut ||= framing.test(name);
  },
  (draft, dice) => {
    const [name] = dice.pick(draft.headers);
    draft.headers.splice(dice.below(draft.headers.length + 1), 0, [name, oddHeaderValue(dice)]);
    draft.how.push(`${name} twice`);
  },
  (draft, dice) => {
    const name = dice.pick(headersToAdd);
    draft.headers.push([name, oddHeaderValue(dice)]);
    draft.how.push(`${name} added`);
    draft.isCut ||= framing.test(name);
  },
  (draft) => {
    draft.headers.push(...Array.from({ length: 2_000 }, (_, at): [string, string] => [`x-${at}`, "x"]));
    draft.how.push("2,000 headers");
  },
  (draft, dice) => {
    draft.method = dice.pick(methods);
    draft.how.push(`method ${JSON.stringify(draft.method)}`);
    draft.isCut ||= draft.method === "CONNECT";
  },
  (draft, dice) => {
    const segments = draft.path.split("/");
    segments[dice.below(segments.length)] = dice.pick(oddSegments);
    draft.path = dice.pick([segments.join("/"), dice.pick(oddPaths), `${draft.path}${dice.pick(oddTails)}`]);
    draft.how.push("another path");
  },
  (draft, dice) => {
    draft.version = dice.pick(["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "http/1.1", "HTTP/1.1 ", ""]);
    draft.how.push(`version ${JSON.stringify(draft.version)}`);
  },
  (draft, dice) => {
    const isRight = dice.next() < 0.5;
    draft.headers.push(["Content-Encoding", dice.pick(["gzip", "deflate", "br", "identity", "x"])]);
    draft.body = isRight ? gzipSync(draft.body) : draft.body;
    draft.how.push(`said to be compressed${isRight ? ", by gzip" : ""}`);
  },
  (draft, dice) => {
    const size = dice.pick([1, 7, 1_000]);
    const parts = Array.from({ length: Math.min(Math.ceil(draft.body.length / size), 50) }, (_, at) =>
      draft.body.subarray(at * size, at === 49 ? undefined : (at + 1) * size),
    );
    const chunk = (part: Buffer) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from("\r\n"),
    ];
    draft.headers.push(["Transfer-Encoding", "chunked"]);
    draft.body = Buffer.concat([...parts.flatMap(chunk), Buffer.from("0\r\n\r\n")]);
    draft.how.push("in chunks");
  },
];

const framing = /^(?:content-length|transfer-encoding|expect|upgrade|connection)$/i;
const headersToAdd = [
  "content-length",
  "transfer-encoding",
  "expect",
  "upgrade",
  "connection",
  "content-encoding",
  "content-type",
  "x-amz-target",
  "x-amz-date",
  "x-amz-invocation-type",
  "x-amz-client-context",
  "idempotency-key",
  "authorization",
  "accept",
  "accept-encoding",
  "range",
  "if-none-match",
  "x-forwarded-host",
  "x-http-method-override",
  "cookie",
  "origin",
  "host",
  "trailer",
  "__proto__",
  "constructor",
];

const oddHeaderValues = [
  "",
  " ",
  "\t",
  "\u00ff\u00fe",
  "a\u0000b",
  "a\r\n b",
  "a\u001b[2Jb",
  "AmazonSQS.",
  "AmazonSQS.__proto__",
  "AmazonSQS.constructor",
  "amazonsqs.sendmessage",
  "AmazonSQS.SendMessage.",
  "AmazonSQS.PurgeQueue, AmazonSQS.PurgeQueue",
  "DynamoDB_20120810.__proto__",
  "DynamoDB_20111205.PutItem",
  "application/json; charset=koi8-r",
  "application/json; charset=utf-16le",
  "application/json;;;=",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain",
  "gzip",
  "chunked",
  "100-continue",
  "websocket",
  "keep-alive",
  "Event",
  "DryRun",
  "toString",
  "-1",
  "0",
  "1e3",
  "99999999999999999999",
  "bytes=0-,-1",
  "*/*;q=",
  "%ff%00",
  '"',
  "http://127.0.0.1:1",
  "127.0.0.1",
  "[::1]:99999",
];

const oddHeaderValue = (dice: Dice) =>
  dice.next() < 0.1 ? "x".repeat(dice.pick([300, 9_000, 20_000])) : dice.pick(oddHeaderValues);

const methods = [
  ..."GET HEAD PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND M-SEARCH QUERY PURGE".split(" "),
  "get",
  "POSTT",
  "",
  "P\u0000ST",
  "PRI",
];

const oddSegments = [
  "",
  ".",
  "..",
  "%2e%2e",
  "%",
  "%ff",
  "%00",
  "%f0%28",
  "%2f",
  "__proto__",
  "constructor",
  "\u00ff",
  "a b",
  ";",
  "x".repeat(300),
  "x".repeat(9_000),
  "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Ax%3A1",
  "7885ca34-f3ff-4575-b062-da50e9ae746a",
];
const oddPaths = [
  "*",
  "",
  "x",
  "//",
  "//[",
  "///x",
  "/?",
  "/#",
  "http://127.0.0.1/",
  "http://example.com/ledger",
  "http://[",
  "http://[::1",
  "http://a:b@c:99999/",
  "http:///",
  "x://y",
  "/\\..\\..",
  "/../../package.json",
  "/%2e%2e/%2e%2e/etc/passwd",
];
const oddTails = [
  "?",
  "?%",
  "?__proto__=1",
  "?bodies[]=no&bodies=no",
  "#x",
  "/",
  "//",
  ";x=1",
  "\u00e4",
  " ",
  "?x=" + "y".repeat(5_000),
];

/** Something that is no request at all, or breaks off. */
function brokenFrame({ how, bytes }: HostileRequest, dice: Dice): HostileRequest {
  const text = bytes.toString("latin1");
  const asBytes = (changed: string) => Buffer.from(changed, "latin1");
  const [broken, becomes] = dice.pick<[string, () => Buffer]>([
    ["cut off", () => bytes.subarray(0, dice.below(bytes.length))],
    ["nothing at all", () => Buffer.alloc(0)],
    ["more than its length", () => Buffer.concat([bytes, Buffer.from("GET / HTTP/1.1\r\n\r\n")])],
    ["less than its length", () => asBytes(text.replace(/Content-Length: (\d+)/, "Content-Length: 1$1"))],
    ["a length that is none", () => asBytes(text.replace(/Content-Length: \d+/, "Content-Length: -1"))],
    ["two lengths", () => asBytes(text.replace(/(Content-Length: \d+)/, "$1\r\nContent-Length: 3"))],
    ["twice", () => asBytes(text.replace("Connection: close\r\n", "") + text)],
    ["line feeds alone", () => asBytes(text.replaceAll("\r\n", "\n"))],
    ["carriage returns alone", () => asBytes(text.replaceAll("\r\n", "\r"))],
    [
      "chunks that end never",
      () => asBytes(text.replace(/Content-Length: \d+/, "Transfer-Encoding: chunked")),
    ],
    ["chunks of no size", () => asBytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx")],
    ["TLS", () => asBytes("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")],
    ["HTTP/2", () => asBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
    ["noise", () => Buffer.from(Array.from({ length: 1 + dice.below(200) }, () => dice.below(256)))],
  ]);
  return { how: `${how}, ${broken}`, bytes: becomes(), isCut: true };
}
