// A server with known answers: each device's index decides how and when it answers. Tests start it with `fork`.
import "#shared/child.ts";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";
import * as z from "zod";

const request = z.object({ customerId: z.string(), macAddress: z.string() });
/** By customer: what comes instead of the usual 202 after the usual delay. */
const planSchema = z.object({
  delayMs: z.number(),
  odd: z.record(
    z.string(),
    z.enum(["cut", "half", "hang", "502", "404", "200", "wrong device", "no ticket"]),
  ),
});
const plan = planSchema.parse(JSON.parse(process.argv[2] ?? "{}"));

const eventIdOf = (customerId: string) => `00000000-0000-4000-8000-${customerId.slice(2).padStart(12, "0")}`;

const server = createServer((incoming, response) => void answerAsPlanned(incoming, response));

async function answerAsPlanned(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of incoming) {
    body += String(chunk);
  }
  const { customerId, macAddress } = request.parse(JSON.parse(body));
  const odd = plan.odd[customerId];
  await sleep(plan.delayMs);
  const answer = (status: number, value: unknown) => response.writeHead(status).end(JSON.stringify(value));
  const ticket = { eventId: eventIdOf(customerId), macAddress, status: "accepted", acceptedAtMs: Date.now() };
  switch (odd) {
    case "cut":
      response.destroy();
      return;
    case "half":
      response.writeHead(202, { "content-length": "500" }).write('{"eventId":');
      setTimeout(() => response.destroy(), 20);
      return;
    case "hang":
      return;
    case "502":
    case "404":
      answer(Number(odd), { status: Number(odd), title: "No" });
      return;
    case "200":
      answer(200, ticket);
      return;
    case "wrong device":
      answer(202, { ...ticket, macAddress: "00-00-5E-10-FF-FF-FF-FF" });
      return;
    case "no ticket":
      answer(202, { ok: true });
      return;
    case undefined:
      answer(202, ticket);
  }
}

tellReady(await listen(server));
onStop(() => close(server));
