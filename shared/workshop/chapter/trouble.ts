import { setTimeout as sleep } from "node:timers/promises";
import type { ControlCommand } from "#shared/run/remote-control.ts";
import { hasQueue } from "#shared/run/running-chapter.ts";
import type { RunningChapter, Target } from "#shared/run/running-chapter.ts";
import { UsageError } from "#shared/command.ts";

/** When a message's copy arrives: at the same time, during the work on the first, and after it. */
const duplicateDelaysMs = [0, 200, 2_000];

/** How long a kill waits for its target to be in the middle of a vendor call. */
export const waitForCallMs = 10_000;
const pollEveryMs = 10;
const longestHistory = 1_000;

/** Causes trouble in a running chapter on command. Each answer says what was done and what to watch. */
export function createTroublemaker(
  running: RunningChapter,
  number: string,
): (command: ControlCommand) => Promise<string[]> {
  let endOfOutage: NodeJS.Timeout | undefined;

  const outage = async (seconds: number): Promise<string[]> => {
    await running.vendor.setWeather({ outage: true });
    clearTimeout(endOfOutage);
    endOfOutage = setTimeout(() => {
      // If the vendor is gone by then, so is its outage.
      running.vendor.setWeather({ outage: false }).catch(() => {});
    }, seconds * 1_000);
    endOfOutage.unref();
    return [`The vendor answers 503 for ${seconds} s from now on.`, ...watch(running, number).outage];
  };

  const duplicates = async (everyNth: number): Promise<string[]> => {
    if (!hasQueue(running)) {
      throw new UsageError(`${running.chapter} has no queue, so nothing can be delivered twice.`);
    }
    await running.aws.deliverTwice(everyNth, duplicateDelaysMs);
    return everyNth === 0
      ? ["From now on no message is delivered twice on purpose."]
      : [
          `Every ${everyNth === 1 ? "" : `${ordinal(everyNth)} `}message sent from now on is delivered twice:`,
          "the copy comes after 0, 200 and 2,000 ms in turn.",
          ...watch(running, number).duplicates,
        ];
  };

  const kill = async (target: Target): Promise<string[]> => {
    await middleOfACall(target);
    const { pid, openCalls } = await running.kill(target);
    const inTheMiddle = openCalls.length > 0 ? ` with ${openCalls.length} open at the vendor` : "";
    return [`Killed the ${target} (process ${pid})${inTheMiddle}.`, ...watch(running, number)[target]];
  };

  /** A kill between two calls would show nothing, and no one can hit a call by hand. */
  const middleOfACall = async (target: Target): Promise<void> => {
    // For a function's call the launcher itself waits.
    const callsVendor = target !== "function" && target === running.worksWith();
    const untilMs = performance.now() + waitForCallMs;
    while (callsVendor && performance.now() < untilMs && (await running.vendor.openCalls()).length === 0) {
      await sleep(pollEveryMs);
    }
  };

  const history: string[] = [];
  const remember = async (trouble: string, answer: Promise<string[]>): Promise<string[]> => {
    const lines = await answer;
    history.push(trouble);
    history.splice(0, history.length - longestHistory);
    return lines;
  };

  return async (command) => {
    switch (command.kind) {
      case "hello":
        return [];
      case "history":
        return [...history];
      case "kill":
        return await remember(`kill ${command.target}`, kill(command.target));
      case "outage":
        return await remember(`outage ${command.seconds}`, outage(command.seconds));
      case "duplicates":
        return await remember(`duplicates ${command.everyNth}`, duplicates(command.everyNth));
    }
  };
}

/** What to watch. The lines depend on what the chapter has, not on which one it is. */
function watch({ outputs, vendorUrl, inspectUrl, worksWith }: RunningChapter, number: string) {
  const ledger = `  ${vendorUrl}/ledger/summary`;
  const queues = `  ${inspectUrl}/`;
  const comesBack = [
    "It starts again. Its messages come back when their visibility timeout ends.",
    "Watch `inFlight`, GET the ticket, and see what the vendor was asked:",
    queues,
    ledger,
  ];
  const setAside =
    outputs["DEAD_LETTER_QUEUE_URL"] === undefined
      ? []
      : [`What fails too often is set aside: npm run redrive ${number}`];
  const inMemory =
    outputs["ACTIVATIONS_TABLE"] === undefined
      ? ["It starts again on its port. Customers who waited for an answer got none."]
      : [
          "It starts again on its port. Watch a ticket that it had accepted:",
          "GET it, and it stays as it was.",
        ];
  return {
    api:
      worksWith() === "api"
        ? inMemory
        : ["It starts again on its port. What it had accepted goes on: it is in the queue.", queues],
    worker: comesBack,
    function: comesBack,
    outage:
      worksWith() === "api"
        ? ["Watch what an activation becomes now, and after it."]
        : ["Watch messages come back, and the calls that each one costs:", queues, ledger, ...setAside],
    duplicates: ["Watch `doubled`, the devices that the vendor provisioned twice:", ledger],
  };
}

function ordinal(count: number): string {
  const suffix = /1[123]$/.test(String(count)) ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${suffix}`;
}
