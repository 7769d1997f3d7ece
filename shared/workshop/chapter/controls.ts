import { readInspection } from "#shared/local-aws/inspection.ts";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Customers } from "./customers.ts";
import type { ActionKey } from "../live/wire.ts";
import type { LiveChapter } from "./draw.ts";

const burst = 20;
const outageSeconds = 10;

interface ControlsOptions {
  running: RunningChapter;
  chapter: LiveChapter;
  customers: Customers;
  makeTrouble: (command: ControlCommand) => Promise<string[]>;
  /** Every n-th message is delivered twice at present; 0 for none. */
  everyNthTwice: () => number;
  /** Shows lines at once, before a key's action is done. */
  say: (...lines: string[]) => void;
  /** What a key is called where the lines are read. */
  nameOf: NameOf;
}

/** How a key is called where its lines are read: "s" at a terminal, the words of a button on a page. */
export type NameOf = (key: ActionKey) => string;

/** What each key does. Resolves with lines that say what it did. Throws a sentence if the key has no meaning here. */
export type Controls = Record<ActionKey, () => Promise<string[]>>;

export function createControls(options: ControlsOptions): Controls {
  return {
    s: () => send(options),
    b: () => sendBurst(options),
    p: () => sendPoison(options),
    o: () => startOutage(options),
    d: () => switchDuplicates(options),
    k: () => killInACall(options),
    h: () => heal(options),
  };
}

async function send({ customers }: ControlsOptions): Promise<string[]> {
  const device = customers.takeDevice();
  void customers.send(device);
  return [`${device.customerId} asks for an activation.`];
}

async function sendBurst({ customers }: ControlsOptions): Promise<string[]> {
  const devices = Array.from({ length: burst }, () => customers.takeDevice());
  for (const device of devices) {
    void customers.send(device);
  }
  return [`${burst} customers ask at once, from ${devices[0]?.customerId} on.`];
}

async function sendPoison({ running, chapter, customers, nameOf }: ControlsOptions): Promise<string[]> {
  const device = customers.takeDevice();
  const { poison } = await running.vendor.weather();
  await running.vendor.setWeather({ poison: [...poison, device.macAddress] });
  void customers.send(device, { isPoison: true });
  return [
    `${device.customerId} asks for a device that the vendor can never provision.`,
    ofPoison(chapter, nameOf),
  ];
}

async function startOutage({ chapter, makeTrouble }: ControlsOptions): Promise<string[]> {
  const [done = ""] = await makeTrouble({ kind: "outage", seconds: outageSeconds });
  return [done, inOutage(chapter)];
}

async function switchDuplicates({ makeTrouble, everyNthTwice, nameOf }: ControlsOptions): Promise<string[]> {
  const lines = await makeTrouble({ kind: "duplicates", everyNth: everyNthTwice() > 0 ? 0 : 1 });
  return everyNthTwice() > 0 ? [...lines.slice(0, 2), ofDuplicates(nameOf)] : lines;
}

async function killInACall({ running, chapter, customers, makeTrouble, say }: ControlsOptions) {
  const target = running.worksWith();
  const { outage } = await running.vendor.weather();
  if (outage) {
    return ["The vendor is down, so no call is under way; wait until it is back."];
  }
  if ((await running.vendor.openCalls()).length === 0) {
    void customers.send(customers.takeDevice());
  }
  say(`Waiting for a call at the vendor, to kill the ${target} in the middle of it ...`);
  const [done = ""] = await makeTrouble({ kind: "kill", target });
  return [done, afterKill(chapter, running.overrides["VisibilityTimeoutSeconds"])];
}

async function heal({ running, chapter, say }: ControlsOptions): Promise<string[]> {
  const { poison, outage } = await running.vendor.weather();
  const { queues } = await readInspection(running.inspectUrl, "without");
  const deadLetters = queues.find(({ url }) => url === running.outputs["DEAD_LETTER_QUEUE_URL"]);
  const setAside = deadLetters?.visible ?? 0;
  if (poison.length === 0 && setAside === 0) {
    return [nothingToHeal(chapter)];
  }
  await running.vendor.setWeather({ poison: [] });
  const done = poison.length === 0 ? [] : [`Healed ${count(poison.length, "poison device")}.`];
  if (setAside === 0) {
    return [...done, healed(chapter)];
  }
  say(...done, "Starting the chapter's redrive ...");
  await running.redrive();
  return [
    ...done,
    `Redrive: what was set aside goes back to the queue, ${count(setAside, "message")}.`,
    ...(outage ? ["But the vendor is still down: they may be set aside again."] : []),
  ];
}

function count(amount: number, name: string): string {
  return `${amount} ${name}${amount === 1 ? "" : "s"}`;
}

/** While everything is delivered twice. */
export const ofDuplicates = (nameOf: NameOf): string =>
  `Press ${nameOf("s")} three times, and watch \`twice\`. ${nameOf("d")} ends it.`;

// What a key means in this chapter. The sentences depend on what the chapter has, not on its number: a participant's copy has none.

/** After killing the process that calls the vendor. */
export function afterKill(
  { worksWith, hasTickets }: LiveChapter,
  visibilitySeconds: string | undefined,
): string {
  if (worksWith !== "api") {
    return visibilitySeconds === undefined
      ? "It starts again. Its messages come back when their visibility timeout ends."
      : `It starts again. Its messages stay hidden, and come back after ${visibilitySeconds} s.`;
  }
  return hasTickets
    ? "It starts again. What it held in memory is gone: that ticket stays as it is."
    : "It starts again. Customers who waited for an answer got none, and know it.";
}

/** During an outage of the vendor. */
export function inOutage({ worksWith, hasTickets, hasDeadLetterQueue }: LiveChapter): string {
  if (worksWith !== "api") {
    return hasDeadLetterQueue
      ? "Messages come back, and cost a call each time, until they are set aside."
      : "Messages come back, and cost a call each time. Send one, and watch the calls.";
  }
  return hasTickets
    ? "A customer who asks now gets a ticket that fails: no one retries."
    : "A customer who asks now is told the error.";
}

/** What happens to a device that can't be provisioned. */
export function ofPoison({ worksWith, hasTickets, hasDeadLetterQueue }: LiveChapter, nameOf: NameOf): string {
  const heals = `${nameOf("h")} heals`;
  if (worksWith !== "api") {
    return hasDeadLetterQueue
      ? `It is tried a few times and then set aside. ${heals} it and brings it back.`
      : `Its message comes back again and again: watch the vendor calls. ${heals} it.`;
  }
  return hasTickets
    ? `Its ticket fails, and no one retries. ${heals} the device, not the ticket.`
    : `The customer is told the error. ${heals} the device; then ask again.`;
}

/** If there is nothing to heal and nothing to redrive. */
export function nothingToHeal({ hasDeadLetterQueue }: LiveChapter): string {
  return hasDeadLetterQueue
    ? "No device is poisoned and nothing is set aside, so there is nothing to heal."
    : "No device is poisoned, and this chapter sets nothing aside: nothing to heal.";
}

/** After healing the poison, in a chapter that sets nothing aside. */
export function healed({ worksWith }: LiveChapter): string {
  return worksWith === "api"
    ? "It can be provisioned now. Customers whose activation failed must ask again."
    : "What is in the queue will succeed when it comes back.";
}
