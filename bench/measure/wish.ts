import { isIP } from "node:net";
import { readCommand, UsageError } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";

/** What `npm run measure` has to do. */
export interface Wish {
  url: URL;
  method: "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT";
  headers: Record<string, string>;
  body: string;
  /** Arrivals a second. Absent: no open loop. */
  rate?: number;
  /** Absent: no closed loop. */
  connections?: number;
  seconds: number;
  /** The time limit for an answer. */
  limitSeconds: number;
  seed: number;
  json: boolean;
}

const usage = usageOf("measure");
export const mostRequests = 200_000;
const mostConnections = 1_000;
const mostSeconds = 3_600;
const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const;

/** Reads the command's words. Throws {@link UsageError}. */
export function readWish(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Wish {
  // The only flag that may come several times.
  const isHeader = (word: string) => /^(--)?header=/.test(word);
  const { words, flags } = readCommand(
    {
      usage,
      flags: {
        rate: "number",
        connections: "number",
        seconds: "number",
        limit: "number",
        seed: "number",
        method: "text",
        body: "text",
        header: "text",
        json: "switch",
        elsewhere: "switch",
      },
    },
    argv.filter((word) => !isHeader(word)),
    env,
  );
  const headerWords = argv.filter(isHeader).map((word) => word.replace(/^(--)?header=/, ""));
  const { rate, connections, seconds = 10, limit = 10, seed = 1, body = "" } = flags;
  const { url, authorization } = withoutPassword(readUrl(words, flags.elsewhere === true));
  const method = methods.find(
    (name) => name === (flags.method ?? (body === "" ? "GET" : "POST")).toUpperCase(),
  );
  if (method === undefined) {
    throw new UsageError(`Expected one of ${methods.join(", ")}, got \`method=${flags.method}\`.`);
  }
  if (body !== "" && (method === "GET" || method === "HEAD")) {
    throw new UsageError(`Expected no body with ${method}, got one; write \`method=POST\`, or leave it out.`);
  }
  const isNeither = rate === undefined && connections === undefined;
  const wish: Wish = {
    url,
    method,
    headers: {
      ...(body !== "" && { "content-type": "application/json" }),
      ...authorization,
      ...readHeaders([...headerWords, ...(flags.header === undefined ? [] : [flags.header])]),
    },
    body,
    ...(isNeither ? { rate: 10, connections: 10 } : {}),
    ...(rate !== undefined && { rate }),
    ...(connections !== undefined && { connections }),
    seconds,
    limitSeconds: limit,
    seed,
    json: flags.json === true,
  };
  refuseNonsense(wish);
  return wish;
}

function readUrl(words: readonly string[], mayBeElsewhere: boolean): URL {
  const [word, ...more] = words;
  if (word === undefined) {
    throw new UsageError(`Expected a URL, got nothing; write \`${usage}\`.`);
  }
  if (more.length > 0) {
    throw new UsageError(`Expected one URL, got \`${words.join(" ")}\`; write \`${usage}\`.`);
  }
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new UsageError(`Expected a URL such as \`http://127.0.0.1:3000/\`, got \`${word}\`.`);
  }
  if (!isOnThisMachine(url) && !mayBeElsewhere) {
    throw new UsageError(
      `Expected a URL of this machine, got ${url.host}: load on somebody else's server must be asked for; if it is ` +
        `yours to load, add the word \`elsewhere\`.`,
    );
  }
  return url;
}

/** Moves the user and password from the URL into a header, as browsers do: the URL is shown, and written into results. */
function withoutPassword(url: URL): { url: URL; authorization: { authorization?: string } } {
  const { username, password } = url;
  if (username === "" && password === "") {
    return { url, authorization: {} };
  }
  const bare = Object.assign(new URL(url), { username: "", password: "" });
  try {
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    return { url: bare, authorization: { authorization: `Basic ${credentials.toString("base64")}` } };
  } catch {
    throw new UsageError(
      `Expected a name and a password in UTF-8 before \`${url.host}\`, percent-encoded, got others.`,
    );
  }
}

function isOnThisMachine({ hostname }: URL): boolean {
  // URL parsing turns 127.1 and 0x7f000001 into 127.0.0.1, and puts IPv6 in brackets.
  return (
    hostname === "localhost" || hostname === "[::1]" || (isIP(hostname) === 4 && hostname.startsWith("127."))
  );
}

function readHeaders(words: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of words.map(readHeader)) {
    // A repeated name becomes a list, which means the same as two lines (RFC 9110, 5.3). Cookies use another separator.
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === "cookie" ? ";" : ","} ${value}`;
  }
  return headers;
}

function readHeader(word: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*([\t\x20-\x7e]*)$/.exec(word) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`Expected a header such as \`header="accept: text/html"\`, got \`${word}\`.`);
  }
  return [name.toLowerCase(), value];
}

function refuseNonsense({ rate, connections, seconds, limitSeconds, seed }: Wish): void {
  const expect = (isFine: boolean, expected: string, got: string) => {
    if (!isFine) {
      throw new UsageError(`Expected ${expected}, got \`${got}\`; see \`${usage}\`.`);
    }
  };
  const isOf = (value: number, least: number, most: number) => value >= least && value <= most;
  expect(isOf(seconds, 0.1, mostSeconds), `0.1 to ${mostSeconds} seconds`, `seconds=${seconds}`);
  expect(
    isOf(limitSeconds, 0.1, mostSeconds),
    `a limit of 0.1 to ${mostSeconds} seconds`,
    `limit=${limitSeconds}`,
  );
  expect(Number.isSafeInteger(seed), "a whole seed", `seed=${seed}`);
  if (connections !== undefined) {
    const isFine = Number.isInteger(connections) && isOf(connections, 1, mostConnections);
    expect(isFine, `1 to ${mostConnections} connections`, `connections=${connections}`);
  }
  if (rate !== undefined) {
    const requests = Math.round(rate * seconds);
    const got = `rate=${rate} seconds=${seconds}`;
    expect(
      isOf(requests, 1, mostRequests),
      `1 to ${mostRequests} requests in all`,
      `${got}, which makes ${requests}`,
    );
  }
}
