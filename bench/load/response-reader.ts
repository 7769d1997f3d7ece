import { HTTPParser } from "http-parser-js";

const mostHeadBytes = 65_536;

/** What the parser's types hide: its position in a piece, and the length of the body or chunk. */
interface Insides {
  offset: number;
  end: number;
  body_bytes: number | null;
}

/** Whatever its headers say about a body: RFC 9112, section 6.3. */
const hasNoBody = (status: number) => status < 200 || status === 204 || status === 304;

/** Reads one HTTP/1.1 answer, in any pieces. */
export class ResponseReader {
  status = 0;
  /** Whether the connection may carry another request afterwards. */
  mayReuse = false;
  /** How long the server says that it keeps the connection open. */
  keptOpenMs = Infinity;
  readonly #parser = new HTTPParser(HTTPParser.RESPONSE);
  readonly #insides = this.#parser as unknown as Insides;
  readonly #kept: Buffer[] = [];
  #isComplete = false;

  /** `isHead`: an answer to HEAD announces a body that doesn't come. Keeps at most `keepBytes` of a body. */
  constructor({ isHead, keepBytes }: { isHead: boolean; keepBytes: number }) {
    let keptBytes = 0;
    this.#parser.maxHeaderSize = mostHeadBytes;
    this.#parser.onHeadersComplete = ({ statusCode, shouldKeepAlive, headers }) => {
      const at = headers.findIndex((text, place) => place % 2 === 0 && text.toLowerCase() === "keep-alive");
      const seconds = at < 0 ? undefined : /timeout=(\d+)/i.exec(headers[at + 1] ?? "")?.[1];
      this.status = statusCode;
      this.mayReuse = shouldKeepAlive;
      this.keptOpenMs = seconds === undefined ? Infinity : Number(seconds) * 1_000;
      return isHead || hasNoBody(statusCode) ? 1 : 0;
    };
    this.#parser.onBody = (piece) => {
      this.#kept.push(piece.subarray(0, keepBytes - keptBytes));
      keptBytes = Math.min(keptBytes + piece.length, keepBytes);
    };
    this.#parser.onMessageComplete = () => {
      // A "100 Continue" comes before the answer.
      if (this.status >= 200) {
        this.#isComplete = true;
        // What comes after the answer was not requested, and more of it may come.
        this.mayReuse &&= this.#insides.offset === this.#insides.end;
        this.#insides.offset = this.#insides.end;
      }
    };
  }

  get body(): string {
    return Buffer.concat(this.#kept).toString("utf8");
  }

  /** Whether this piece completes the answer. Throws if it isn't HTTP/1.1. */
  feed(piece: Buffer): boolean {
    const result = this.#parser.execute(piece);
    // The parser accepts a length that isn't a number.
    if (!this.#isComplete && (result instanceof Error || Number.isNaN(this.#insides.body_bytes))) {
      throw new Error("not HTTP/1.1");
    }
    return this.#isComplete;
  }

  /** Whether the end of the connection is the end of the answer. */
  end(): boolean {
    this.#parser.finish();
    return this.#isComplete;
  }
}
