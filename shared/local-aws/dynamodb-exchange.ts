import { IncomingMessage, ServerResponse } from "node:http";
import { crc32 } from "node:zlib";

/** Sees what a caller asks of dynalite and what dynalite answers, and may change both. */
export interface Observer {
  /** The whole body of a request. Returns the one that dynalite gets. */
  asked: (body: string) => string;
  /** What dynalite answers to it, and with which status. Passes on what the caller gets. */
  answered: (answer: string, status: number, passOn: (answer: string) => void) => void;
}

// An item has 400 kB at most. dynalite refuses longer requests itself, so they pass through.
const observedBytesMax = 1_000_000;

// Both are classes with the same fields whether or not someone observes. Methods set for one object alone would make V8 throw away
// what it has optimized whenever recording begins or ends, and keep much of each request beyond its end.

/** A request that dynalite reads. dynalite's own errors don't end the process. */
export class TableRequest extends IncomingMessage {
  observer: Observer | undefined = undefined;
  response: ServerResponse | undefined = undefined;
  chunks: Buffer[] = [];
  sizeBytes = 0;

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const isObserved = this.observer !== undefined && this.sizeBytes <= observedBytesMax;
    switch (event) {
      case "data":
        return isObserved ? this.#gather(values[0] as Buffer) : super.emit(event, ...values);
      case "end":
        if (isObserved && this.sizeBytes > 0) {
          this.#passOn(this.observer as Observer);
        }
        // It throws on input that it doesn't expect, such as a body of `null`.
        try {
          return super.emit(event);
        } catch (error) {
          refuse(this.response, error);
          return true;
        }
      case "error":
        // It throws this error if the connection breaks before the body is complete.
        return true;
      default:
        return super.emit(event, ...values);
    }
  }

  #gather(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > observedBytesMax) {
      this.chunks.splice(0).forEach((each) => super.emit("data", each));
    }
    return true;
  }

  #passOn(observer: Observer): void {
    super.emit("data", Buffer.from(observer.asked(Buffer.concat(this.chunks).toString())));
  }
}

/** The answer to it. */
export class TableResponse extends ServerResponse<TableRequest> {
  override end(...values: unknown[]): this {
    const end = super.end.bind(this) as (...values: unknown[]) => this;
    const { observer } = this.req;
    const [answer, ...rest] = values;
    if (observer === undefined || typeof answer !== "string") {
      return end(...values);
    }
    observer.answered(answer, this.statusCode, (passedOn) => {
      if (passedOn !== answer) {
        this.setHeader("Content-Length", Buffer.byteLength(passedOn));
        this.setHeader("x-amz-crc32", crc32(passedOn));
      }
      end(passedOn, ...rest);
    });
    return this;
  }
}

/** Answers as AWS does to a request that it can't read. */
function refuse(response: ServerResponse | undefined, error: unknown): void {
  const message = `Expected a request that DynamoDB can read, got one that dynalite can't: ${String(error)}`;
  response
    ?.writeHead(400, { "content-type": "application/x-amz-json-1.0" })
    .end(JSON.stringify({ __type: "com.amazon.coral.service#SerializationException", message }));
}
