// A file by which one process tells another what happened, line by line. It costs the writer one write. A message would wake the other
// process each time, and on two cores that takes one of them from whoever is at work. What is written stays when the writer is killed.
import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The writer's side of the file. It inherits it from who started it. */
const toldFd = 4;

const newline = 0x0a;
/** The first line of a file that was begun again says how often it was. */
const heading = /^\{"timesBegun":\d+\}\n/;
const headingMaxBytes = 40;

/** The only one who writes there. */
export class ToldWriter {
  readonly #fd: number;
  #at = 0;
  #timesBegun = 0;

  constructor(fd = toldFd) {
    this.#fd = fd;
  }

  /** Writes one line. False if it can't, for example because the disk is full; then none of it is read. */
  write(told: object): boolean {
    const line = Buffer.from(`${this.#headingIfFirst()}${JSON.stringify(told)}\n`);
    let written = 0;
    try {
      while (written < line.length) {
        written += writeSync(this.#fd, line, written, line.length - written, this.#at + written);
      }
    } catch {
      return false;
    }
    this.#at += line.length;
    return true;
  }

  /** Empties the file, if all that was written has been read. */
  beginAgain(readBytes: number): void {
    if (readBytes === this.#at) {
      ftruncateSync(this.#fd);
      this.#at = 0;
      this.#timesBegun += 1;
    }
  }

  #headingIfFirst(): string {
    return this.#at === 0 && this.#timesBegun > 0 ? `{"timesBegun":${this.#timesBegun}}\n` : "";
  }
}

/** Reads what one process tells. The file has no name, so nothing is left of it when both have ended. */
export class ToldReader {
  readonly fd: number;
  #readBytes = 0;
  /** The first line that it has read from. Empty unless the writer began again. */
  #heading = "";

  /** Throws if there can be no such file. */
  constructor() {
    const file = join(tmpdir(), `take-a-ticket-${randomUUID()}`);
    this.fd = openSync(file, "wx+", 0o600);
    // Both keep it open, and on Windows, too, it goes on without its name.
    unlinkSync(file);
  }

  /** How far it has read. */
  get readBytes(): number {
    return this.#readBytes;
  }

  get sizeBytes(): number {
    return fstatSync(this.fd).size;
  }

  /** What was told since the last time. */
  read(): object[] {
    const found = this.#readHeading();
    const size = this.sizeBytes;
    if (found !== this.#heading) {
      this.#heading = found;
      this.#readBytes = found.length;
    }
    // Shorter: it was begun again, and nothing has been written yet.
    const bytes = Buffer.alloc(Math.max(size - this.#readBytes, 0));
    const length = readSync(this.fd, bytes, 0, bytes.length, this.#readBytes);
    // A line that a full disk cut off is written over by the next.
    const whole = bytes.subarray(0, length).lastIndexOf(newline) + 1;
    this.#readBytes += whole;
    return bytes
      .toString("utf8", 0, whole)
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object);
  }

  // By its length alone, a file that was begun again and has grown since looks like the old one.
  #readHeading(): string {
    const bytes = Buffer.alloc(headingMaxBytes);
    const length = readSync(this.fd, bytes, 0, headingMaxBytes, 0);
    const [found = ""] = heading.exec(bytes.toString("latin1", 0, length)) ?? [];
    return found;
  }

  close(): void {
    closeSync(this.fd);
  }
}
