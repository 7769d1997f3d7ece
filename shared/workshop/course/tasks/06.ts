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
        "Find the moment between looking and acting in `activateOnce`: what would have to happen there?",
        "Two deliveries of one message must look before either has written. Which trouble delivers a message twice?",
        "Start `npm run chapter 06` in one terminal. In another: `npm run break 06 duplicates 1`, and then ask for some devices at once (on the screen: d, then b).",
        "Of the copies every third comes at the same moment as the first; the others come 200 and 2,000 ms later, and the guard catches them. So ask for a few, and watch *twice*.",
      ],
      check: causedADouble,
    },
  ],
};

const why =
  "whoever has not seen a guard fail will write it again; this one holds in every test that asks one at a time";
const expected = "a device that the vendor provisioned twice, because you made trouble";

async function causedADouble(running: RunningFile | undefined): Promise<void> {
  needs(running !== undefined, {
    did: "looked for a running chapter 06",
    expected: "`npm run chapter 06` in another terminal",
    saw: "none",
    why: "there is nothing to write in this chapter: it is to be broken while it runs",
  });
  const did = `asked ${running.chapter} what you have done to it, and its vendor what came of it`;
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
      saw: `${[...new Set(troubles)].join(", ")}, and nothing twice: no message came twice, so nobody raced anybody`,
      why: "a crash or an outage loses or delays work here; twice is done what two do at the same moment",
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
