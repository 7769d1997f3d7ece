import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openStage } from "#shared/stage/stage.ts";
import { eventually, testPatienceMs } from "#shared/testing/eventually.ts";
import { untilNot503 } from "#shared/testing/chapter.ts";
import { askRules } from "./run-tests.ts";
import { findTools, startMiniStack } from "./tools.ts";
import type { Emulator } from "./tools.ts";

// The rules of AWS's documentation that MiniStack 1.5 breaks, found by our conformance suite, one by one. Each rule names its page
// at its test, so that you can decide which side is wrong. No rule was changed for MiniStack's sake.

/** The name of the rule's test, and what MiniStack does instead. */
const miniStackDifferences: Readonly<Record<string, string>> = {
  "takes ten message attributes and refuses eleven": "takes eleven",
  "takes a message of 1 MiB and refuses one byte more, attributes included": "does not count attributes",
  "is refused with a control character": "takes every character in an attribute",
  "is refused with a blank as a number": "takes it",
  "is refused with a number in JavaScript's own way": "takes it",
  "is refused with a data type of 263 characters": "takes it",
  "is refused if it asks a standard queue to deduplicate": "takes it and does nothing",
  "passes its attributes on to a consumer that asks for *": "takes it for a name",
  "is left out of a batch's answer and of a list of queues": "sends it empty",
  "refuses an empty body, a delay above 900 s, and a queue that doesn't exist": "takes a delay above 900 s",
  "reports every entry separately, as a success even if one of them failed": "takes a delay above 900 s",
  "returns one message by default, and refuses to return more than ten": "gives ten to who asks for eleven",
  "returns the system attributes that you ask for, by either name of the list":
    "takes a system attribute that is none",
  "loses nothing to an aborted poll, even if the message arrives right after":
    "goes on polling for a caller that has left, and takes the message for it",
  "refuses more than 12 hours, counted from the receive": "takes any number of seconds",
  "succeeds for a message that is visible again, and changes nothing": "hides it again",
  "obeys an older handle of a message that is in flight again": "knows the newest handle only",
  "succeeds again when the message is deleted already": "answers ReceiptHandleIsInvalid",
  "is listed at the dead-letter queue until it is removed": "has no ListDeadLetterSourceQueues",
  "refuses an ARN that is none": "answers InvalidAttributeValue, not InvalidParameterValue",
  "refuses a maxReceiveCount of 0": "answers InvalidAttributeValue, not InvalidParameterValue",
  "refuses a maxReceiveCount of 1001": "answers InvalidAttributeValue, not InvalidParameterValue",
  "refuses no maxReceiveCount": "answers InvalidAttributeValue, not InvalidParameterValue",
  "refuses no dead-letter queue": "answers InvalidAttributeValue, not InvalidParameterValue",
  "move messages back to their source queue, with a new id and a new time": "has no StartMessageMoveTask",
  "move to another queue, at the requested rate, until they are cancelled": "has no StartMessageMoveTask",
  "refuse a queue that is not a dead-letter queue, one that doesn't exist, and an invalid handle":
    "has no StartMessageMoveTask",
  'refuses the name "with space"': "takes it",
  [`refuses the name "${"x".repeat(81)}"`]: "takes it",
  "refuse an unknown name": "takes unknown attributes of a queue",
  "purges what is visible, in flight and delayed, once in 60 s": "purges again at once",
  "answers 'GetQueueUrl' of '{\"QueueName\":\"none\"}' with 'QueueDoesNotExist'":
    "answers unsigned requests with other bytes",
  "answers 'GetQueueUrl' of '{}' with 'MissingRequiredParameterException'":
    "answers that there is no such queue",
  "answers 'GetQueueUrl' of '{\"QueueName\":1}' with 'SerializationException'":
    "answers that there is no such queue",
  "answers 'GetQueueUrl' of '{' with 'SerializationException'": "answers that there is no such queue",
  "answers 'BrewCoffee' of '{}' with 'UnknownOperationException'": "answers InvalidAction",
  "and the name orders.fifo with {} don't go together": "takes it",
  'and the name .fifo with {"FifoQueue":"true"} don\'t go together': "takes it",
  [`and the name ${"x".repeat(76)}.fifo with {"FifoQueue":"true"} don't go together`]: "takes it",
  "shows its kind, and never changes it": "leaves DeduplicationScope and FifoThroughputLimit out",
  "is the only kind with the attribute FifoQueue": "takes it for a standard queue",
  "is the only kind with the attribute ContentBasedDeduplication": "takes it for a standard queue",
  "has a dead-letter queue of the same kind": "takes a standard queue",
  'is refused for a whole batch if one message has {"MessageGroupId":"a"} only': "refuses that message only",
  'is refused for a whole batch if one message has {"MessageDeduplicationId":"2"} only':
    "refuses that message only",
  "fills an answer from one group first, in its order, then from others": "keeps the order of sending",
  "redelivers messages in their order": "keeps the order of sending",
  "redelivers a message made visible again, even if a later one of its group is in flight":
    "waits for the whole group",
  "refuses to delete with a handle whose visibility timeout has ended": "answers ReceiptHandleIsInvalid",
  "is forgotten by a purge": "keeps the ids",
};

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

  it("differs from AWS's documented rules exactly where the list says so", async () => {
    const { passed, failed } = await askRules(miniStack.url);

    expect(failed.toSorted()).toEqual(Object.keys(miniStackDifferences).toSorted());
    expect(passed.length).toBeGreaterThan(30);
  }, 240_000);
});
