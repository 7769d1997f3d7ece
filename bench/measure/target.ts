import { isIP } from "node:net";
import { UsageError } from "#shared/command.ts";

const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const;

/** What to send to a URL, and how. */
export interface Target {
  url: URL;
  method: (typeof methods)[number];
  headers: Record<string, string>;
  body: string;
}

/** The flags that say what to send. `elsewhere` allows a server that is not on this machine. */
export const targetFlags = { method: "text", body: "text", header: "text", elsewhere: "switch" } as const;

interface TargetFlags {
  method?: string;
  body?: string;
  header?: string;
  elsewhere?: true;
}

/** Takes the only flag that may come several times out of the words. */
export function takeHeaders(argv: readonly string[]): { others: string[]; headerWords: string[] } {
  const isHeader = (word: string) => /^(--)?header=/.test(word);
  return {
    others: argv.filter((word) => !isHeader(word)),
    headerWords: argv.filter(isHeader).map((word) => word.replace(/^(--)?header=/, "")),
  };
}

/** Reads a URL and what to send there. Load on another machine needs the user's word. Throws {@link UsageError}. */
export function readTarget(
  words: readonly string[],
  flags: TargetFlags,
  { headerWords, usage }: { headerWords: readonly string[]; usage: string },
): Target {
  const { body = "", header } = flags;
  const { url, authorization } = withoutPassword(readUrl(words, flags.elsewhere === true, usage));
  const method = methods.find(
    (name) => name === (flags.method ?? (body === "" ? "GET" : "POST")).toUpperCase(),
  );
  if (method === undefined) {
    throw new UsageError(`Expected one of ${methods.join(", ")}, got \`method=${flags.method}\`.`);
  }
  if (body !== "" && (method === "GET" || method === "HEAD")) {
    throw new UsageError(`Expected no body with ${method}, got one; write \`method=POST\`, or leave it out.`);
  }
  return {
    url,
    method,
    headers: {
      ...(body !== "" && { "content-type": "application/json" }),
      ...authorization,
      ...readHeaders([...headerWords, ...(header === undefined ? [] : [header])]),
    },
    body,
  };
}

function readUrl(words: readonly string[], mayBeElsewhere: boolean, usage: string): URL {
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
