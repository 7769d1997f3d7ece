import { readInspection } from "#shared/local-aws/inspection.ts";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import type { RunningChapter } from "#shared/run/running-chapter.ts";
import type { Customers } from "./customers.ts";
import { afterKill, healed, inOutage, nothingToHeal, ofPoison } from "./sentences.ts";
import type { LiveChapter } from "./state.ts";

const burst = 20;
const outageSeconds = 10;

interface ControlsOptions {
  running: RunningChapter;
  chapter: LiveChapter;
  customers: Customers;
  makeTrouble: (command: ControlCommand) => Promise<string[]>;
  /** What is delivered twice at present: every n-th message, 0 for none. */
  everyNthTwice: () => number;
  /** Shows lines that say what goes on, before a key is done. */
  say: (...lines: string[]) => void;
}

/** What each key does; it gives the lines that say what it has done. Throws with a sentence if that has no meaning here. */
export type Controls = Record<string, () => Promise<string[]>>;

export function createControls(options: ControlsOptions): Controls {
  const { running, chapter, customers, makeTrouble, everyNthTwice, say } = options;

  return {
    s: async () => {
      const device = customers.takeDevice();
      void customers.send(device);
      return [`${device.customerId} asks for an activation.`];
    },

    b: async () => {
      const devices = Array.from({ length: burst }, () => customers.takeDevice());
      for (const device of devices) {
        void customers.send(device);
      }
      return [`${burst} customers ask at once, from ${devices[0]?.customerId} on.`];
    },

    p: async () => {
      const device = customers.takeDevice();
      const { poison } = await running.vendor.weather();
      await running.vendor.setWeather({ poison: [...poison, device.macAddress] });
      void customers.send(device, { isPoison: true });
      return [
        `${device.customerId} asks for a device that the vendor can never provision.`,
        ofPoison(chapter),
      ];
    },

    o: async () => {
      const [done = ""] = await makeTrouble({ kind: "outage", seconds: outageSeconds });
      return [done, inOutage(chapter)];
    },

    d: async () => {
      const [...lines] = await makeTrouble({ kind: "duplicates", everyNth: everyNthTwice() > 0 ? 0 : 1 });
      return everyNthTwice() > 0
        ? [...lines.slice(0, 2), "Press s three times, and watch `twice`. d ends it."]
        : lines;
    },

    k: async () => {
      const target = running.worksWith();
      const { outage } = await running.vendor.weather();
      if (outage) {
        return ["The vendor is down, so nobody is in the middle of a call; wait until it is back."];
      }
      if ((await running.vendor.openCalls()).length === 0) {
        void customers.send(customers.takeDevice());
      }
      say(`Waiting for a call at the vendor, to kill the ${target} in the middle of it ...`);
      const [done = ""] = await makeTrouble({ kind: "kill", target });
      return [done, afterKill(chapter, running.overrides["VisibilityTimeoutSeconds"])];
    },

    h: async () => {
      const { poison, outage } = await running.vendor.weather();
      const { queues } = await readInspection(running.inspectUrl, "without");
      const deadLetters = queues.find(({ url }) => url === running.outputs["DEAD_LETTER_QUEUE_URL"]);
      const setAside = deadLetters?.visible ?? 0;
      if (poison.length === 0 && setAside === 0) {
        return [nothingToHeal(chapter)];
      }
      await running.vendor.setWeather({ poison: [] });
      const mended = poison.length === 0 ? [] : [`Healed ${count(poison.length, "poison device")}.`];
      if (setAside === 0) {
        return [...mended, healed(chapter)];
      }
      say(...mended, "Starting the chapter's redrive ...");
      await running.redrive();
      return [
        ...mended,
        `Redrive: what was set aside goes back to the queue, ${count(setAside, "message")}.`,
        ...(outage ? ["But the vendor is still down: they may be set aside again."] : []),
      ];
    },
  };
}

function count(amount: number, name: string): string {
  return `${amount} ${name}${amount === 1 ? "" : "s"}`;
}
