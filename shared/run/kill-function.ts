import { setTimeout as sleep } from "node:timers/promises";
import { parseActivation } from "#shared/activation.ts";
import { readInspection } from "#shared/local-aws/inspection.ts";
import type { SomeAws } from "./elsewhere.ts";
import type { VendorControl } from "#shared/vendor-simulator/control.ts";

/** A process that was killed, and the devices whose calls at the vendor were open then. */
export interface Killed {
  pid: number;
  openCalls: string[];
}

const waitForCallMs = 10_000;
const pollEveryMs = 10;

/** Waits for an environment that is in the middle of a call at the vendor, and kills that one. */
export async function killBusyEnvironment({
  aws,
  vendor,
}: {
  aws: SomeAws;
  vendor: VendorControl;
}): Promise<Killed> {
  const untilMs = performance.now() + waitForCallMs;
  while (performance.now() < untilMs) {
    const { functions } = await readInspection(aws.inspectUrl, "without");
    const open = await vendor.openCalls();
    const [chosen] = functions
      .flatMap(({ environments }) => environments)
      .map(({ pid, bodies }) => ({ pid, devices: bodies.flatMap(deviceOf) }))
      .map((each) => ({ ...each, youngest: Math.max(...each.devices.map((device) => open.indexOf(device))) }))
      .filter(({ youngest }) => youngest >= 0)
      // The call that began last has the longest to go: the others may have ended before the kill reaches them.
      .toSorted((left, right) => right.youngest - left.youngest);
    if (chosen !== undefined) {
      const { pid, devices } = chosen;
      const openBefore = devices.filter((device) => open.includes(device));
      await aws.killEnvironment(pid);
      // A call may have begun between the two looks; the vendor ends it though its caller is dead.
      const openAfter = new Set(await vendor.openCalls());
      return {
        pid,
        openCalls: devices.filter((device) => openBefore.includes(device) || openAfter.has(device)),
      };
    }
    await sleep(pollEveryMs);
  }
  throw new Error(
    `Expected the function to be in the middle of a call at the vendor within ${waitForCallMs / 1_000} s, but it was not: activate a device first`,
  );
}

function deviceOf(body: string): string[] {
  try {
    return [parseActivation(body).macAddress];
  } catch {
    // Somebody's own message: whoever works on it has no call at the vendor that could be known.
    return [];
  }
}
