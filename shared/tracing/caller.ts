// Who sent a request: each request to a part of a running chapter says so, without any code in the chapters.
import { subscribe } from "node:diagnostics_channel";
import type { IncomingHttpHeaders } from "node:http";

const callerHeader = "x-take-a-ticket-caller";

/** `_X_AMZN_TRACE_ID` for an invocation, in AWS's format. The SDK sends it with each request, as `X-Amzn-Trace-Id`. */
export function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll("-", "");
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Sampled=0`;
}

const root = /Root=1-(\w{8})-(\w{4})(\w{4})(\w{4})(\w{12})/;

/**
 * "api", "worker", the request id of an invocation, or "" for any other caller. The SDK names the app in its user agent, and the
 * invocation in a header. Calls to the vendor have our own header ({@link tellCaller}).
 */
export function callerOf(headers: IncomingHttpHeaders): string {
  const said = headers[callerHeader];
  if (typeof said === "string") {
    return said.slice(0, 36);
  }
  const traceId = headers["x-amzn-trace-id"];
  if (typeof traceId === "string") {
    const [, ...parts] = root.exec(traceId) ?? [];
    return parts.join("-");
  }
  const agent = headers["user-agent"] ?? "";
  const at = agent.lastIndexOf("app/");
  return at === -1
    ? ""
    : agent.startsWith("api", at + 4)
      ? "api"
      : agent.startsWith("worker", at + 4)
        ? "worker"
        : "";
}

/** Makes this process's `fetch` name its caller from now on, but only to servers on this machine. */
export function tellCaller(caller: () => string): void {
  subscribe("undici:request:create", (message) => {
    const { request } = message as {
      request: { origin?: unknown; addHeader: (name: string, value: string) => void };
    };
    if (String(request.origin).startsWith("http://127.0.0.1:")) {
      request.addHeader(callerHeader, caller());
    }
  });
}
