import { sendCommand } from "#shared/run/remote-control.ts";
import type { RunningFile } from "#shared/run/remote-control.ts";
import { vendorControl } from "#shared/vendor-simulator/control.ts";
import { needs, OpenTaskError } from "#shared/workshop/course/task.ts";
import type { LiveCourse } from "#shared/workshop/course/task.ts";

export const course: LiveCourse = {
  chapter: "06",
  looksAt: "running",
  tasks: [
    {
      number: 1,
      title: "make it provision a device twice",
      file: "handler.ts",
      hints: [
        "Find the gap between the read and the write in `activateOnce`. What would have to happen in it?",
        "Two deliveries of one message must both read before either writes. Which trouble delivers a message twice?",
        "Start `npm run chapter 06` in one terminal. In another, run `npm run break 06 duplicates 1`, then ask for some devices at once (on the screen: d, then b).",
        "Only every third copy comes at the same moment. The others come 200 and 2,000 ms later, and the guard catches them. So ask for a few, and watch *twice*.",
      ],
      check: causedADouble,
    },
  ],
};

const why =
  "you will write this guard again unless you see it fail; it passes every test that asks one at a time";
const expected = "a device that the vendor provisioned twice, because you made trouble";

async function causedADouble(running: RunningFile | undefined): Promise<void> {
  needs(running !== undefined, {
    did: "looked for a running chapter 06",
    expected: "`npm run chapter 06` in another terminal",
    saw: "none",
    why: "in this chapter you write nothing: you break it while it runs",
  });
  const did = `asked ${running.chapter} what you did to it, and its vendor what happened`;
  const troubles = await sendCommand(running, { kind: "history" });
  const { calls, provisioned, doubled } = await vendorControl(running.vendorUrl).summary();
  needs(troubles.length > 0, { did, expected, saw: `no trouble yet, and ${doubled} provisioned twice`, why });
  if (doubled > 0) {
    return;
  }
  needs(
    troubles.some((trouble) => trouble.startsWith("duplicates") && trouble !== "duplicates 0"),
    {
      did,
      expected,
      saw: `${[...new Set(troubles)].join(", ")}, and nothing twice: no message came twice, so there was no race`,
      why: "a crash or an outage only loses or delays work; doing it twice takes two deliveries at the same moment",
    },
  );
  throw new OpenTaskError({
    did,
    expected,
    saw:
      calls === 0
        ? "messages that come twice, but no customer has asked since"
        : `${provisioned} provisioned, none twice: the guard caught the copies that came later`,
    why,
  });
}
