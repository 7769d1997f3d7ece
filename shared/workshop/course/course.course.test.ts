import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findChapter, projectFolder } from "#shared/run/chapters.ts";
import { checkChapter } from "./check-chapter.ts";
import { writeStart } from "./mine.ts";
import { courses } from "./courses.ts";
import { inFolder, makeMistake, writeSolution } from "./testing/copies.ts";
import type { Mistake } from "./testing/copies.ts";

// As a guard that looks and then acts.
const looking = `
  const look = new GetCommand({ TableName: table.tableName, Key: { eventId }, ConsistentRead: true });
  const { Item: found } = await table.dynamoDb.send(look);
  if (found?.["status"] === "active") {
    return "done";
  }
  if (found?.["status"] === "provisioning") {
    throw new LeaseHeldError(eventId, nowMs + 1_000);
  }
`;

/** By the task's title. Its check must fail for each, and name it. */
const usualMistakes: Readonly<Record<string, readonly Mistake[]>> = {
  "answer first": [
    {
      name: "waits for the work before it answers",
      edits: [
        [
          "const ticket = await tickets.accept(activation);",
          "const ticket = await tickets.accept(activation); await activate(activation);",
        ],
      ],
      says: "the request waits for the vendor",
    },
    {
      name: "answers as if it were done",
      edits: [["status(202)", "status(201)"]],
      says: "the status 201",
    },
    {
      name: "answers without writing the ticket",
      edits: [
        [
          "await tickets.accept(activation)",
          '{ ...activation, status: "accepted", acceptedAtMs: Date.now() }',
        ],
      ],
      says: "the answer came before the table had the ticket",
    },
    {
      name: "does not wait for the ticket's write",
      edits: [
        [
          "const ticket = await tickets.accept(activation);",
          'void tickets.accept(activation).catch(() => {}); const ticket = { ...activation, status: "accepted", acceptedAtMs: Date.now() };',
        ],
      ],
      says: "the answer came before the table had the ticket",
    },
    {
      name: "forgets to start the work",
      edits: [["void activate(activation);", ""]],
      says: "nobody has started the work",
    },
  ],
  "GET the ticket": [
    {
      name: "answers 200 to a ticket that nobody holds",
      edits: [
        [
          "answerTicket(response, await tickets.read(request.params.eventId));",
          "response.json((await tickets.read(request.params.eventId)) ?? {});",
        ],
      ],
      says: "200 with {}",
    },
    {
      name: "reads the ticket of another name",
      edits: [
        ["tickets.read(request.params.eventId)", "tickets.read(`/activations/${request.params.eventId}`)"],
      ],
      says: "the status 404",
    },
  ],
  "no answer before the queue has the work": [
    {
      name: "does not await the send",
      edits: [["await sqs.send(message);", "void sqs.send(message);"]],
      says: "the answer came before the queue had the message",
    },
    {
      name: "answers, and then sends",
      edits: [
        ["await sqs.send(message);", ""],
        [
          '.set("Retry-After", "1").json(ticket);',
          '.set("Retry-After", "1").json(ticket); await sqs.send(message);',
        ],
      ],
      says: "the answer came before the queue had the message",
    },
    {
      name: "swallows the error of the send",
      edits: [["await sqs.send(message);", "await sqs.send(message).catch(() => {});"]],
      says: "its error was swallowed",
    },
    {
      name: "writes the ticket before the send",
      edits: [
        ["await sqs.send(message);", ""],
        [
          "const ticket = await tickets.accept(activation);",
          "const ticket = await tickets.accept(activation); await sqs.send(message);",
        ],
      ],
      says: "the ticket was there before the message",
    },
  ],
  "delete when the device works": [
    {
      name: "deletes before provisioning",
      edits: [["await provision(activation);", "await sqs.send(deletion); await provision(activation);"]],
      says: "it was deleted before the device worked",
    },
    {
      name: "does not await the provisioning",
      edits: [["await provision(activation);", "void provision(activation).catch(() => {});"]],
      says: "no message: it was deleted",
    },
    {
      name: "never deletes",
      edits: [["await sqs.send(deletion);", ""]],
      says: "it was never deleted",
    },
    {
      name: "deletes although the provisioning failed",
      edits: [
        ["await provision(activation);", "try { await provision(activation);"],
        [
          "await tickets.activate(activation);",
          "await tickets.activate(activation); } finally { await sqs.send(deletion); }",
        ],
      ],
      says: "it was deleted although the provisioning had failed",
    },
  ],
  "work on the whole batch at once": [
    {
      name: "works on one message after the other",
      edits: [
        [
          "await Promise.all(records.map(settle));",
          "for (const record of records) { await settle(record); }",
        ],
      ],
      says: "one after the other",
    },
    {
      name: "does not wait for the batch",
      edits: [["await Promise.all", "void Promise.all"]],
      says: "the function returned before its work was done",
    },
  ],
  "name the messages that failed": [
    {
      name: "swallows the failure",
      edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", ""]],
      says: "its failure was swallowed",
    },
    {
      name: "throws for the whole batch",
      edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", "throw error;"]],
      says: "the function threw, so its whole batch comes back",
    },
    {
      name: "names the failure by its eventId",
      edits: [["itemIdentifier: record.messageId", "itemIdentifier: parseActivation(record.body).eventId"]],
      says: "what it named is no messageId of the batch",
    },
    {
      name: "switches the answer's failures off in the template",
      file: "template.yaml",
      edits: [["FunctionResponseTypes: [ReportBatchItemFailures]", ""]],
      says: "its failure was swallowed",
    },
  ],
  "as many environments as the vendor can bear": [
    {
      name: "lets too few environments work",
      edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 3"]],
      says: "12 at most",
    },
    {
      name: "lets more environments work than the vendor can serve",
      edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 7"]],
      says: "more environments than the vendor can serve",
    },
  ],
  "set aside what keeps failing": [
    {
      name: "has a dead-letter queue, and no policy that uses it",
      edits: [
        ["RedrivePolicy:", ""],
        ["deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn", ""],
        ["maxReceiveCount: !Ref MaxReceiveCount", ""],
      ],
      says: "the message still comes back",
    },
    {
      name: "gives no second chance",
      edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 1"]],
      says: "maxReceiveCount gives no second chance",
    },
    {
      name: "tries again and again before it gives up",
      edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 100"]],
      says: "the message still comes back",
    },
    {
      name: "types the number twice",
      edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 3"]],
      says: "3 calls: the number is not the parameter's",
    },
  ],
  "backoff, and the last receive": [
    {
      name: "leaves the time to the visibility timeout",
      edits: [["await prepareNextDelivery(record)", "await Promise.resolve(prepareNextDelivery)"]],
      says: "the visibility timeout decides",
    },
    {
      name: "asks again at once",
      edits: [["backoffSeconds = [1, 1, 2, 2]", "backoffSeconds = [0, 0, 0, 0]"]],
      says: "no backoff",
    },
    {
      name: "tells nobody that it has given up",
      edits: [['await tickets.mark(parseActivation(record.body), "failed");', ""]],
      says: "another status",
    },
  ],
  "one conditional write": [
    {
      name: "reads first, then writes without a condition",
      edits: [
        // Of what no row has: so it always holds.
        ["attribute_not_exists(#status)", "attribute_not_exists(nothing)"],
        ["await table.dynamoDb.send(take);", `${looking}await table.dynamoDb.send(take);`],
      ],
      says: "between looking and writing there was room for another",
    },
    {
      name: "lets in whoever finds somebody at work",
      edits: [["IN (:accepted, :failed)", "IN (:accepted, :failed, :provisioning)"]],
      says: "between looking and writing there was room for another",
    },
    {
      name: "takes the lease only where there is no ticket yet",
      edits: [["OR #status IN", "OR attribute_not_exists(#status) AND #status IN"]],
      says: "neither of both did the work",
    },
    {
      name: "compares the end of the lease the wrong way round",
      edits: [["leaseExpiresAtMs < :nowMs", "leaseExpiresAtMs > :nowMs"]],
      says: "room for another",
    },
  ],
  "done, held or expired": [
    {
      name: "takes held for done",
      edits: [['row?.["status"] === "active"', 'row?.["status"] !== undefined']],
      says: "held was taken for done",
    },
    {
      name: "takes done for held",
      edits: [['row?.["status"] === "active"', 'row?.["status"] === "done"']],
      says: "the message is still there",
    },
    {
      name: "forgets that a lease ends",
      edits: [["OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)", ""]],
      says: "an ended lease still keeps everybody out",
    },
    {
      name: "writes a lease that never ends",
      edits: [['":expiresAtMs": expiresAtMs', '":expiresAtMs": Number.MAX_SAFE_INTEGER']],
      says: "it ends in",
    },
  ],
  "only the owner gives it back": [
    {
      name: "releases somebody else's lease",
      edits: [["AND leaseOwner = :owner", "OR leaseOwner <> :owner"]],
      says: "the first released what was no longer its own",
    },
    {
      name: "asks only whether somebody is at work, not who",
      edits: [["AND leaseOwner = :owner", "AND (leaseOwner = :owner OR attribute_exists(leaseOwner))"]],
      says: "the first released what was no longer its own",
    },
  ],
};

// Some of them start at the same time, beside whatever else this machine does.
const patience = { readyWithinMs: 40_000 };
const staged = courses.flatMap((course) =>
  course.looksAt === "running" ? [] : [{ ...course, start: { ...patience, ...course.start } }],
);
test("every task that is checked on a stage has its usual mistakes, and nothing else has", () => {
  const titles = staged.flatMap(({ tasks }) => tasks.map(({ title }) => title));

  expect(Object.keys(usualMistakes).toSorted()).toEqual(titles.toSorted());
});

describe.concurrent.each(staged)("the course of $chapter", (course) => {
  const chapter = findChapter(course.chapter);
  const mistakes = course.tasks.flatMap(({ number: task, file, title }) =>
    (usualMistakes[title] ?? []).map((mistake) => ({ task, file, ...mistake })),
  );
  const required = course.tasks.filter(({ isExtra }) => isExtra !== true);

  test("has a task to begin with: what a participant starts from leaves the first one open", async () => {
    const checked = await inFolder(
      (folder) => writeStart(chapter, folder),
      (folder) => checkChapter({ folder, course }),
    );

    expect(checked[0]).toMatchObject({ number: 1, state: "open", finding: { saw: expect.any(String) } });
    expect(checked[0]?.brokenAt).toBeUndefined();
  });

  test("has a start that compiles", async () => {
    const compiled = await inFolder(
      (folder) => writeStart(chapter, folder),
      (folder) => compile(folder),
    );

    expect(compiled).toBe("");
  });

  test("is passed by the chapter's own code, extra tasks and all", async () => {
    const checked = await inFolder(
      (folder) => writeSolution(chapter, folder),
      (folder) => checkChapter({ folder, course }),
    );

    expect(checked.map(({ number, state, finding }) => ({ number, state, finding }))).toEqual(
      course.tasks.map(({ number }) => ({ number, state: "done", finding: undefined })),
    );
  });

  test("knows at least three mistakes, and one of every task that must be done", () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(3);
    expect(mistakes.map(({ task }) => task)).toEqual(
      expect.arrayContaining(required.map(({ number }) => number)),
    );
  });

  test.each(mistakes)("can be done wrongly by one who $name", ({ file, ...mistake }) => {
    const text = readFileSync(join(chapter.folder, file), "utf8");

    expect(makeMistake(text, file, mistake)).not.toBe(text);
  });

  test.each(mistakes)("tells whoever $name", async ({ task, file, says, ...mistake }) => {
    const checked = await inFolder(
      (folder) => {
        writeSolution(chapter, folder);
        const path = join(folder, file);
        writeFileSync(path, makeMistake(readFileSync(path, "utf8"), file, mistake));
      },
      (folder) => checkChapter({ folder, course }),
    );

    const open = checked.find(({ state }) => state === "open");
    expect({ number: open?.number, saw: open?.finding?.saw }).toEqual({
      number: task,
      saw: expect.stringContaining(says),
    });
  });
});

/** What the compiler has to say. */
function compile(folder: string): Promise<string> {
  const tsc = join(projectFolder, "node_modules", "typescript", "bin", "tsc");
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, "-p", folder], (error, stdout, stderr) =>
      resolve(error === null ? "" : stdout + stderr + error.message),
    );
  });
}
