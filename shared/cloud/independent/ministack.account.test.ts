import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStage } from "#shared/stage/stage.ts";
import { eventually, testPatienceMs } from "#shared/testing/eventually.ts";
import { untilNot503 } from "#shared/testing/chapter.ts";
import { findTools, startMiniStack } from "./tools.ts";
import type { Emulator } from "./tools.ts";

const tools = await findTools();

describe.skipIf(!tools.miniStack)("MiniStack, written by others", () => {
  let miniStack: Emulator;
  beforeAll(async () => {
    miniStack = await startMiniStack();
  });
  afterAll(() => miniStack.stop());

  it.each(["01-synchronous", "02-ticket", "03-queue"])(
    "provides tables and queues for %s, which activates a device, and leaves nothing there",
    async (folder) => {
      vi.stubEnv("AWS_ENDPOINT_URL_SQS", miniStack.url).stubEnv("AWS_ENDPOINT_URL_DYNAMODB", miniStack.url);
      const chapter = await openStage({ folder, devices: 20, patienceMs: testPatienceMs });
      try {
        const { status, body } = await untilNot503(() => chapter.activate(7));

        expect(status).toBe(folder === "01-synchronous" ? 201 : 202);
        // 01 has no ticket: its device works before it answers.
        await (status === 201 || chapter.becomes("active", body["eventId"]));
        expect(await chapter.provisionings(7)).toBe(1);
        // 03's worker deletes its message a moment after the device works.
        await eventually(async () => {
          const { queues } = await chapter.inspect();
          expect(queues.map(({ visible, inFlight }) => [visible, inFlight])).toEqual(
            folder === "03-queue" ? [[0, 0]] : [],
          );
        });
      } finally {
        await chapter.close();
      }
    },
  );
});
