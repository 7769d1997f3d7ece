import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { takeATicket, waitAtTheCounter } from "./errands.ts";
import { nodeArguments } from "#shared/testing/typescript.ts";

/** Two errands that the test ends by name, and a log of what has happened so far. */
function errands() {
  const happened: string[] = [];
  const ends: Record<string, () => void> = {};
  const errand = (name: string) => async () => {
    happened.push(`${name} begins`);
    await new Promise<void>((resolve) => {
      ends[name] = resolve;
    });
    happened.push(`${name} ends`);
  };
  const end = async (name: string) => {
    ends[name]?.();
    // Lets everything run that was waiting for this errand.
    await new Promise(setImmediate);
  };
  return { happened, end, prepareMedicine: errand("medicine"), shop: errand("shopping") };
}

test("at the counter, shopping begins when the medicine is there", async () => {
  const { happened, end, ...both } = errands();
  const home = waitAtTheCounter(both);
  expect(happened).toEqual(["medicine begins"]);

  await end("medicine");
  await end("shopping");
  await home;
  expect(happened).toEqual(["medicine begins", "medicine ends", "shopping begins", "shopping ends"]);
});

test("with a ticket, both errands run at the same time, and you don't go home without the medicine", async () => {
  const { happened, end, ...both } = errands();
  let isHome = false;
  const home = takeATicket(both).then(() => (isHome = true));
  expect(happened).toEqual(["medicine begins", "shopping begins"]);

  await end("shopping");
  expect(isHome).toBe(false);
  await end("medicine");
  await home;
});

test("draws two timelines and measures that the ticket is faster", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, nodeArguments(main));

  const [counterSeconds, ticketSeconds] =
    /At the counter: (\S+) s\. With a ticket: (\S+) s/.exec(stdout)?.slice(1).map(Number) ?? [];
  // A timer never ends early, so the counter takes at least the sum. The ticket may be slow here, but must be faster.
  expect(counterSeconds).toBeGreaterThanOrEqual(2.99);
  expect(ticketSeconds).toBeGreaterThanOrEqual(1.79);
  expect(ticketSeconds).toBeLessThan(counterSeconds ?? 0);
  expect(stdout.match(/^ {2}(?:medicine|shopping) .*█/gm)).toHaveLength(4);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});
