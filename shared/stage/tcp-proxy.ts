import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface TcpProxy {
  /** On 127.0.0.1. */
  port: number;
  /** Where connections go from now on. */
  target: (port: number) => void;
  /** Refuses connections, as if nobody listened on the port, and ends those that there are; or listens again. */
  refuse: (on: boolean) => Promise<void>;
  /** Takes connections, and passes nothing on. Those that there are when it ends are closed. */
  hang: (on: boolean) => void;
  close: () => Promise<void>;
}

/** Stands between a client and a server that don't speak HTTP, such as PostgreSQL. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let targetPort = 0;
  let hangs = false;
  const keep = (socket: Socket, other: () => Socket | undefined) => {
    sockets.add(socket);
    // A client that is cut off says so by an error; its other half is closed like after any end.
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => hangs || other()?.write(chunk));
    socket.on("close", () => {
      sockets.delete(socket);
      other()?.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = hangs ? undefined : connect(targetPort, "127.0.0.1");
    keep(client, () => upstream);
    if (upstream) {
      keep(upstream, () => client);
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  const endAll = () => sockets.forEach((socket) => socket.destroy());

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    target(next) {
      targetPort = next;
    },
    async refuse(on) {
      if (on) {
        const closed = new Promise((resolve) => server.close(resolve));
        endAll();
        await closed;
      } else {
        await listen(port);
      }
    },
    hang(on) {
      hangs = on;
      if (!on) {
        endAll();
      }
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      endAll();
      await closed;
    },
  };
}
