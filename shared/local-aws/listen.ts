import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An SDK's pool keeps connections for longer than Node's 5 s: a server that closes first breaks a request now and then. */
export const keepAliveMs = 120_000;

/** Another process listens on the port that was asked for. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

/** Listens on 127.0.0.1 and gives the URL. Throws {@link PortTakenError}; `what` is its name for the reader. */
export function listen(server: Server, port: number, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const message = `Port ${port} for ${what} is taken: stop what listens there, or choose another port.`;
      reject(cause.code === "EADDRINUSE" ? new PortTakenError(message, { cause }) : cause);
    };
    server.once("error", refuse);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", refuse);
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

/** Stops listening and ends every connection: a kept-alive one would hold the server open. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
