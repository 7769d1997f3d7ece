import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { close, listen } from "#shared/listen.ts";
import { callerOf } from "#shared/tracing/caller.ts";
import type { TraceRecorder } from "#shared/tracing/recorder.ts";
import { BadRequest, createVendorApi } from "./api.ts";
import { Counter } from "./counter.ts";
import { Ledger } from "./ledger.ts";
import { changeWeather, usualWeather } from "./weather.ts";
import type { Weather } from "./weather.ts";

export interface Vendor {
  url: string;
  port: number;
  close: () => Promise<void>;
}

interface VendorOptions {
  port?: number;
  weather?: Partial<Weather>;
  /** Records its calls. */
  trace?: TraceRecorder;
}

// A weather with 10,000 poisoned devices is the largest body that makes sense.
const maxBodyBytes = 512 * 1024;

/** Starts the simulated vendor on 127.0.0.1, on any free port if `port` is 0. Throws a {@link UsageError} if the port is taken. */
export async function startVendor({ port = 0, weather = {}, trace }: VendorOptions = {}): Promise<Vendor> {
  const ledger = new Ledger();
  const counter = new Counter(changeWeather(usualWeather, weather), ledger, trace);
  const answer = createVendorApi({
    provision: (macAddress, idempotencyKey, { onLeave, by }) => {
      const visit = counter.ask(macAddress, idempotencyKey, by);
      onLeave(visit.leave);
      return visit.answer;
    },
    weather: () => counter.weather,
    changeWeather: (change) => counter.changeWeather(change),
    ledger: () => ledger.read(),
    openCalls: () => ledger.open(),
    summary: () => ledger.summary(counter.inLine),
  });

  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const key = headers["idempotency-key"];
    void answer({
      method,
      path: url.split("?")[0] ?? "",
      idempotencyKey: typeof key === "string" ? key : undefined,
      body: () => readBody(request),
      onLeave: (leave) => response.once("close", leave),
      by: callerOf(headers),
    }).then((answered) => {
      if (answered === "cut") {
        response.destroy();
      } else {
        response.writeHead(answered.status, answered.headers).end(answered.body);
      }
    });
  });
  return { ...(await listen(server, port)), close: () => close(server) };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Reads and drops the rest of a body that is too large, or the caller would see a cut connection instead of the answer.
      if (bytes <= maxBodyBytes) {
        chunks.push(chunk);
      }
    }
  } catch {
    throw new BadRequest(400, "Expected the whole body, but the caller left in the middle of it");
  }
  if (bytes > maxBodyBytes) {
    throw new BadRequest(413, `Expected a body of at most ${maxBodyBytes} bytes, got ${bytes}`);
  }
  return Buffer.concat(chunks).toString("utf8");
}
