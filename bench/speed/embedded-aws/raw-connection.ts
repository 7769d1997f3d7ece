import { connect } from "node:net";
import type { Socket } from "node:net";

/**
 * A keep-alive connection that sends prepared bytes and reads answers as simply as possible. An HTTP client that does more would use
 * up the second core, and we would measure the client.
 */
export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  #answered: (body: string) => void = () => {};
  #failed: (error: Error) => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).setEncoding("latin1");
    socket.on("data", (text: string) => this.#read(text));
    socket.on("error", (error) => this.#failed(error));
    socket.on("close", () => this.#failed(new Error("The server closed the connection.")));
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new RawConnection(socket);
  }

  /** Sends a request of {@link requestBytes}. Returns the body of a 200, and throws for any other answer. */
  ask(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = () => {};
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    const headersEnd = this.#received.indexOf("\r\n\r\n");
    if (headersEnd === -1) {
      return;
    }
    const [, length] = /content-length: (\d+)/i.exec(this.#received.slice(0, headersEnd)) ?? [];
    const end = headersEnd + 4 + Number(length ?? 0);
    if (this.#received.length < end) {
      return;
    }
    const body = this.#received.slice(headersEnd + 4, end);
    const isSuccess = this.#received.startsWith("HTTP/1.1 200");
    this.#received = this.#received.slice(end);
    if (isSuccess) {
      this.#answered(body);
    } else {
      this.#failed(new Error(`Expected 200, got ${body}`));
    }
  }
}

/** A request to SQS's API, as bytes. */
export function requestBytes(action: string, input: object): Buffer {
  const body = JSON.stringify(input);
  const headers = [
    "POST / HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/x-amz-json-1.0",
    `X-Amz-Target: AmazonSQS.${action}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
