import { connect } from "node:net";
import type { Socket } from "node:net";

/**
 * One keep-alive connection that sends finished bytes and reads answers as plainly as it can. An HTTP client that
 * does more would spend the second core, and the figures would be its own.
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

  /** Sends a request of {@link requestBytes}; gives the body of a 200, throws for anything else. */
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

/** A request of SQS's API, as bytes. */
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
