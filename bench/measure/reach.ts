import { connect as connectPlain } from "node:net";
import { connect as connectSecure } from "node:tls";

const withinMs = 5_000;
const causes: Record<string, string> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name server did not answer",
};

/** Opens one connection and closes it; says why that could not be done, or nothing. */
export async function whyNotReached(url: URL): Promise<string | undefined> {
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port) || (isSecure ? 443 : 80);
  const socket = isSecure
    ? connectSecure({ host, port, ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }) })
    : connectPlain({ host, port });
  try {
    return await new Promise((resolve) => {
      socket.setTimeout(withinMs, () => resolve(`no connection within ${withinMs / 1_000} s`));
      socket.once(isSecure ? "secureConnect" : "connect", () => resolve(undefined));
      socket.once("error", (error: NodeJS.ErrnoException) => {
        // Both addresses of `localhost` were tried.
        const { code = "" } = error;
        resolve(causes[code] ?? (error.message || code));
      });
    });
  } finally {
    socket.destroy();
  }
}
