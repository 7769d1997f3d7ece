const mostHeadBytes = 65_536;
const headEnd = Buffer.from("\r\n\r\n");
const lineEnd = Buffer.from("\r\n");

/** What comes next of an answer. */
type AnswerPart =
  | "head"
  | "counted"
  | "until the end"
  | "chunk size"
  | "chunk"
  | "after chunk"
  | "trailers"
  | "nothing";

/** Reads one HTTP/1.1 answer, in whatever pieces it comes. */
export class ResponseReader {
  status = 0;
  /** Whether the connection may carry another request afterwards. */
  mayReuse = false;
  /** How long the server says that it leaves the connection open. */
  keptOpenMs = Infinity;
  readonly #isHead: boolean;
  readonly #keepBytes: number;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;
  #part: AnswerPart = "head";
  #left = 0;
  #unread: Buffer = Buffer.alloc(0);

  /** `isHead`: answers to HEAD tell of a body that doesn't come. No more than `keepBytes` of a body are kept. */
  constructor(options: { isHead: boolean; keepBytes: number }) {
    this.#isHead = options.isHead;
    this.#keepBytes = options.keepBytes;
  }

  get body(): string {
    return Buffer.concat(this.#kept).toString("utf8");
  }

  /** Whether the answer is complete with this piece. Throws if it is no HTTP/1.1. */
  feed(piece: Buffer): boolean {
    this.#unread = this.#unread.length === 0 ? piece : Buffer.concat([this.#unread, piece]);
    while (this.#part !== "nothing" && this.#readPart()) {
      // One part after another, as long as there is enough of it.
    }
    if (this.#part !== "nothing") {
      return false;
    }
    // What is left was not asked for, and more of it may come.
    this.mayReuse &&= this.#unread.length === 0;
    return true;
  }

  /** Whether the end of the connection is the end of the answer. */
  end(): boolean {
    return this.#part === "until the end";
  }

  /** False if it needs more to go on. */
  #readPart(): boolean {
    switch (this.#part) {
      case "head":
        return this.#readHead();
      case "counted":
      case "chunk":
        this.#left -= this.#keep(this.#left);
        if (this.#left === 0) {
          this.#part = this.#part === "chunk" ? "after chunk" : "nothing";
        }
        return this.#left === 0;
      case "until the end":
        this.#keep(Infinity);
        return false;
      case "chunk size":
        return this.#readChunkSize();
      case "after chunk":
        this.#part = "chunk size";
        return this.#takeTo(lineEnd) !== undefined || this.#backTo("after chunk");
      case "trailers": {
        const line = this.#takeTo(lineEnd);
        if (line === "") {
          this.#part = "nothing";
        }
        return line !== undefined;
      }
      case "nothing":
        return false;
    }
  }

  #backTo(part: AnswerPart): false {
    this.#part = part;
    return false;
  }

  #readHead(): boolean {
    const head = this.#takeTo(headEnd);
    if (head === undefined) {
      return false;
    }
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |\r\n|$)/.exec(head) ?? [];
    if (status === undefined) {
      throw new Error("not HTTP/1.1");
    }
    this.status = Number(status);
    if (this.status < 200) {
      return true;
    }
    const field = (name: string) =>
      new RegExp(`\\r\\n${name}:[\\t ]*([^\\r]*)`, "i").exec(head)?.[1]?.toLowerCase();
    const connection = field("connection") ?? "";
    this.mayReuse = minor === "1" ? !connection.includes("close") : connection.includes("keep-alive");
    const seconds = /timeout=(\d+)/.exec(field("keep-alive") ?? "")?.[1];
    this.keptOpenMs = seconds === undefined ? Infinity : Number(seconds) * 1_000;
    this.#part = this.#bodyOf(field("transfer-encoding"), field("content-length"));
    return true;
  }

  #bodyOf(encoding: string | undefined, length: string | undefined): AnswerPart {
    if (this.#isHead || this.status === 204 || this.status === 304) {
      return "nothing";
    }
    if (encoding?.includes("chunked") === true) {
      return "chunk size";
    }
    if (length === undefined) {
      this.mayReuse = false;
      return "until the end";
    }
    if (!/^\d+$/.test(length.trim())) {
      throw new Error("not HTTP/1.1");
    }
    this.#left = Number(length);
    return this.#left === 0 ? "nothing" : "counted";
  }

  #readChunkSize(): boolean {
    const line = this.#takeTo(lineEnd);
    if (line === undefined) {
      return false;
    }
    const size = /^[\da-f]+/i.exec(line)?.[0];
    if (size === undefined) {
      throw new Error("not HTTP/1.1");
    }
    this.#left = Number.parseInt(size, 16);
    this.#part = this.#left === 0 ? "trailers" : "chunk";
    return true;
  }

  /** The text before `mark`, which is taken away too; undefined if it hasn't come yet. */
  #takeTo(mark: Buffer): string | undefined {
    const at = this.#unread.indexOf(mark);
    if (at < 0) {
      if (this.#unread.length > mostHeadBytes) {
        throw new Error("not HTTP/1.1");
      }
      return undefined;
    }
    const text = this.#unread.toString("latin1", 0, at);
    this.#unread = this.#unread.subarray(at + mark.length);
    return text;
  }

  /** Takes at most so many bytes of the body; says how many. */
  #keep(most: number): number {
    const taken = this.#unread.subarray(0, Math.min(most, this.#unread.length));
    this.#unread = this.#unread.subarray(taken.length);
    if (this.#keptBytes < this.#keepBytes && taken.length > 0) {
      const kept = taken.subarray(0, this.#keepBytes - this.#keptBytes);
      this.#kept.push(kept);
      this.#keptBytes += kept.length;
    }
    return taken.length;
  }
}
