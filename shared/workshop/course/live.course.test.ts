import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startControlServer } from "#shared/run/remote-control.ts";
import type { ControlServer } from "#shared/run/remote-control.ts";
import type { RunningFile } from "#shared/run/remote-control.ts";
import { createTroublemaker } from "#shared/workshop/chapter/trouble.ts";
import { checkRunning } from "./check-chapter.ts";
import { openStage } from "#shared/stage/stage.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { course } from "./tasks/06.ts";
import { findChapter } from "#shared/run/chapters.ts";
import { eventually } from "#shared/testing/eventually.ts";

/** What a participant does to the running chapter, and what the check then says. */
describe("the course of 06", () => {
  let stage: Stage;
  let control: ControlServer;
  let running: RunningFile;
  let make: ReturnType<typeof createTroublemaker>;

  beforeEach(async () => {
    stage = await openStage({ folder: findChapter("06").folder });
    make = createTroublemaker(stage.running, "06");
    control = await startControlServer(make);
    const { apiUrl, vendorUrl, inspectUrl, outputs, environment } = stage.running;
    const where = { apiUrl, vendorUrl, inspectUrl, outputs, environment };
    const { url: controlUrl, token } = control;
    running = { chapter: "06-check-then-act", launcherPid: process.pid, controlUrl, token, ...where };
  });
  afterEach(async () => {
    await control.close();
    await stage.close();
  });

  const saw = async (looked: RunningFile | undefined) => {
    const [task] = await checkRunning(course, looked);
    return task?.state === "done" ? "done" : task?.finding?.saw;
  };
  const works = async (index: number) => {
    const { body } = await stage.activate(index);
    await stage.becomes("active", body["eventId"]);
  };

  it("is open while nothing runs, and while nothing was done", async () => {
    expect(await saw(undefined)).toBe("none");
    await works(0);
    expect(await saw(running)).toBe("no trouble yet, and 0 provisioned twice");
  });

  it("tells someone who only cuts the vendor off or kills", async () => {
    await make({ kind: "outage", seconds: 0.001 });
    await make({ kind: "kill", target: "api" });
    expect(await saw(running)).toBe(
      "outage 0.001, kill api, and nothing twice: no message came twice, so there was no race",
    );
  });

  it("tells someone who asks for duplicates but then for no device", async () => {
    await make({ kind: "duplicates", everyNth: 1 });
    expect(await saw(running)).toBe("messages that come twice, but no customer has asked since");
  });

  it("tells someone who turns duplicates off again, or whose copies come too late for the race", async () => {
    await make({ kind: "duplicates", everyNth: 0 });
    expect(await saw(running)).toContain("duplicates 0, and nothing twice");
    await make({ kind: "duplicates", everyNth: 1 });
    await stage.running.aws.deliverTwice(1, [2_000]);
    await works(0);
    expect(await saw(running)).toBe("1 provisioned, none twice: the guard caught the copies that came later");
  });

  it("is passed by someone who makes two deliveries read at the same moment", async () => {
    await make({ kind: "duplicates", everyNth: 1 });
    // What is likely on a running chapter is certain here: the reads are answered once both have asked.
    stage.dynamoDb.hold(({ operation }) => operation === "GetItem");
    await stage.activate(0);
    await eventually(() => stage.dynamoDb.held() >= 2);
    stage.dynamoDb.release();
    await eventually(async () => (await stage.provisionings(0)) === 2);

    expect(await saw(running)).toBe("done");
  });
});
