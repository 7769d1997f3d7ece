/** Another correct way to do all tasks of a chapter, each in a different form. */
interface RightSolution {
  /** Describes someone who does it: "answers in a `then`, ends an unknown ticket's request without a body". */
  name: string;
  /** By file: text that occurs once in the chapter's file, in any layout, and its replacement. */
  edits: Readonly<Record<string, readonly (readonly [find: string, replace: string])[]>>;
}

const answer = 'response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);';
const readTicket = "answerTicket(response, await tickets.read(request.params.eventId));";
const push = "batchItemFailures.push({ itemIdentifier: record.messageId });";
const settleAll = "await Promise.all(records.map(settle));";
const policy =
  "RedrivePolicy: deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn maxReceiveCount: !Ref MaxReceiveCount";
const backoff = "const backoff = backoffSeconds[Number(record.attributes.ApproximateReceiveCount) - 1] ?? 0;";
const mark = 'if (isLastReceive(record)) { await tickets.mark(parseActivation(record.body), "failed"); }';
const condition =
  "attribute_not_exists(#status) OR #status IN (:accepted, :failed) OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)";
const takeLease =
  'try { await table.dynamoDb.send(take); return "taken"; } catch (error) { ignoreFailedCondition(error); }';
const isDone = 'if (row?.["status"] === "active") { return "done"; }';
const isHeld = 'throw new LeaseHeldError(eventId, Number(row?.["leaseExpiresAtMs"] ?? nowMs));';
const onlyOwner = '"#status = :provisioning AND leaseOwner = :owner"';
const releaseValues = '":status": status, ":provisioning": "provisioning", ":owner": owner';

/** By chapter. */
export const rightSolutions: Readonly<Record<string, readonly RightSolution[]>> = {
  "02": [
    {
      name: "answers in a `then`, and says 404 without a body",
      edits: {
        "api.ts": [
          [
            "const ticket = await tickets.accept(activation);",
            "await tickets.accept(activation).then((ticket) => {",
          ],
          [answer, `${answer} });`],
          [
            readTicket,
            "const ticket = await tickets.read(request.params.eventId); if (ticket === undefined) { response.status(404).end(); return; } response.json(ticket);",
          ],
        ],
      },
    },
    {
      name: "starts the work before the answer goes out, and uses sendStatus",
      edits: {
        "api.ts": [
          ["void activate(activation);", ""],
          [answer, `void activate(activation); ${answer}`],
          [
            readTicket,
            "const found = await tickets.read(request.params.eventId); if (found) { response.status(200).json(found); } else { response.sendStatus(404); }",
          ],
        ],
      },
    },
    {
      name: "leaves the work to a later turn, writes the headers by name, and chains the read",
      edits: {
        "api.ts": [
          [answer, 'response.status(202).set({ Location: statusUrl, "Retry-After": "1" }).send(ticket);'],
          ["void activate(activation);", "setImmediate(() => void activate(activation));"],
          [
            readTicket,
            "await tickets.read(request.params.eventId).then((ticket) => answerTicket(response, ticket));",
          ],
        ],
      },
    },
    {
      name: "does the work in a chain of its own, names the server in Location, and answers 404 with words",
      edits: {
        "api.ts": [
          [
            answer,
            'response.status(202).location(`http://${request.headers.host}${statusUrl}`).set("Retry-After", "2").json(ticket);',
          ],
          [
            "void activate(activation);",
            "provision(activation).then(() => tickets.activate(activation)).catch(() => tickets.fail(activation)).catch(() => {});",
          ],
          [
            readTicket,
            'const ticket = await tickets.read(request.params.eventId); response.status(ticket ? 200 : 404).send(ticket ?? "nobody holds it");',
          ],
        ],
      },
    },
  ],
  "03": [
    {
      name: "chains the three steps, in the API and in the worker",
      edits: {
        "api.ts": [
          ["await sqs.send(message);", ""],
          [
            "await tickets.accept(activation)",
            "await sqs.send(message).then(() => tickets.accept(activation))",
          ],
        ],
        "worker.ts": [
          ["await provision(activation);", ""],
          ["await tickets.activate(activation);", ""],
          [
            "await sqs.send(deletion);",
            "await provision(activation).then(() => tickets.activate(activation)).then(() => sqs.send(deletion));",
          ],
        ],
      },
    },
    {
      name: "logs a failed send and throws it again, and logs the deletion",
      edits: {
        "api.ts": [
          [
            "await sqs.send(message);",
            'try { await sqs.send(message); } catch (error) { console.error("not sent", error); throw error; }',
          ],
        ],
        "worker.ts": [
          [
            "await sqs.send(deletion);",
            'const { $metadata } = await sqs.send(deletion); console.log("deleted", $metadata.httpStatusCode);',
          ],
        ],
      },
    },
    {
      name: "names each step's promise, and throws what failed in the worker",
      edits: {
        "api.ts": [["await sqs.send(message);", "const sent = sqs.send(message); await sent;"]],
        "worker.ts": [
          [
            "await provision(activation);",
            "const [work] = await Promise.allSettled([provision(activation)]); if (work.status === 'rejected') { throw work.reason; }",
          ],
        ],
      },
    },
    {
      name: "answers 503 itself, and returns early in the worker",
      edits: {
        "api.ts": [
          [
            "await sqs.send(message);",
            "const isSent = await sqs.send(message).then(() => true, () => false); if (!isSent) { response.sendStatus(503); return; }",
          ],
        ],
        "worker.ts": [
          [
            "await provision(activation);",
            'const works = await provision(activation).then(() => true, () => false); if (!works) { console.error("not now"); return; }',
          ],
        ],
      },
    },
  ],
  "04": [
    {
      name: "looks at the results of allSettled, and writes the limit on a line of its own",
      edits: {
        "handler.ts": [
          [push, "throw error;"],
          [
            settleAll,
            'const results = await Promise.allSettled(records.map(settle)); results.forEach(({ status }, at) => { if (status === "rejected") { batchItemFailures.push({ itemIdentifier: records[at]?.messageId ?? "" }); } });',
          ],
        ],
        "template.yaml": [
          ["ScalingConfig: { MaximumConcurrency: 5 }", "ScalingConfig:\n              MaximumConcurrency: 5"],
        ],
      },
    },
    {
      name: "collects the promises in a loop, takes the id apart, and has four environments with five messages",
      edits: {
        "handler.ts": [
          [
            settleAll,
            "const work: Promise<void>[] = []; for (const record of records) { work.push(settle(record)); } await Promise.all(work);",
          ],
          [push, "const { messageId: itemIdentifier } = record; batchItemFailures.push({ itemIdentifier });"],
        ],
        "template.yaml": [
          ["BatchSize: 4", "BatchSize: 5"],
          ["MaximumConcurrency: 5", "MaximumConcurrency: 4"],
        ],
      },
    },
    {
      name: "returns a chain, puts the newest failure first, and has two environments with ten messages",
      edits: {
        "handler.ts": [
          [settleAll, "return Promise.all(records.map(settle)).then(() => ({ batchItemFailures }));"],
          [push, "batchItemFailures.unshift({ itemIdentifier: record.messageId });"],
        ],
        "template.yaml": [
          ["BatchSize: 4", "BatchSize: 10"],
          ["MaximumConcurrency: 5", "MaximumConcurrency: 2"],
        ],
      },
    },
    {
      name: "gives every message a function of its own",
      edits: {
        "handler.ts": [
          [settleAll, "await Promise.all(records.map(async (record) => { await settle(record); }));"],
          [push, "batchItemFailures[batchItemFailures.length] = { itemIdentifier: record.messageId };"],
        ],
        "template.yaml": [["{ MaximumConcurrency: 5 }", '{ "MaximumConcurrency": 5 }']],
      },
    },
  ],
  "05": [
    {
      name: "writes the policy in one line, and computes the backoff",
      edits: {
        "template.yaml": [
          [
            policy,
            "RedrivePolicy: { maxReceiveCount: !Ref MaxReceiveCount, deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn }",
          ],
        ],
        "handler.ts": [
          [backoff, "const backoff = Math.ceil(Number(record.attributes.ApproximateReceiveCount) / 2);"],
        ],
      },
    },
    {
      name: "writes the policy's keys in another order, and the ticket before the visibility",
      edits: {
        "template.yaml": [
          [
            policy,
            "RedrivePolicy:\n        maxReceiveCount: !Ref MaxReceiveCount\n        deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn",
          ],
        ],
        "handler.ts": [
          [mark, ""],
          [backoff, `${backoff} ${mark}`],
        ],
      },
    },
    {
      name: "writes CloudFormation's long names, and doubles the backoff",
      edits: {
        "template.yaml": [
          [
            policy,
            "RedrivePolicy:\n        deadLetterTargetArn: { Fn::GetAtt: [DeadLetterQueue, Arn] }\n        maxReceiveCount: { Ref: MaxReceiveCount }",
          ],
        ],
        "handler.ts": [["backoffSeconds = [1, 1, 2, 2]", "backoffSeconds = [1, 2, 4, 8]"]],
      },
    },
    {
      name: "leaves the last receive to the visibility timeout",
      edits: {
        "handler.ts": [
          [mark, ""],
          [
            backoff,
            `${backoff} if (isLastReceive(record)) { await tickets.mark(parseActivation(record.body), "failed"); return; }`,
          ],
        ],
      },
    },
  ],
  "07": [
    {
      name: "writes the condition the other way round, and throws first",
      edits: {
        "lease.ts": [
          [
            condition,
            "(#status = :provisioning AND leaseExpiresAtMs < :nowMs) OR #status = :failed OR #status = :accepted OR attribute_not_exists(#status)",
          ],
          [isDone, ""],
          [isHeld, `if (row?.["status"] !== "active") { ${isHeld} } return "done";`],
          [onlyOwner, '"leaseOwner = :owner AND #status = :provisioning"'],
        ],
      },
    },
    {
      name: "chains the write, takes the row apart, and asks for the owner alone",
      edits: {
        "lease.ts": [
          [
            takeLease,
            'const isTaken = await table.dynamoDb.send(take).then(() => true, (error: unknown) => { ignoreFailedCondition(error); return false; }); if (isTaken) { return "taken"; }',
          ],
          [
            isDone,
            'const { status, leaseExpiresAtMs } = row ?? {}; if (status === "active") { return "done"; }',
          ],
          [isHeld, "throw new LeaseHeldError(eventId, Number(leaseExpiresAtMs ?? Date.now()));"],
          [onlyOwner, '"leaseOwner = :owner"'],
          [releaseValues, '":status": status, ":owner": owner'],
        ],
      },
    },
    {
      name: "counts the lease's last millisecond as ended, and reads the status in a switch",
      edits: {
        "lease.ts": [
          ["leaseExpiresAtMs < :nowMs", ":nowMs >= leaseExpiresAtMs"],
          [isDone, 'switch (row?.["status"]) { case "active": return "done"; default: }'],
          [onlyOwner, '"attribute_exists(leaseOwner) AND leaseOwner = :owner AND #status = :provisioning"'],
        ],
      },
    },
    {
      name: "asks for what a row is not",
      edits: {
        "lease.ts": [
          [
            condition,
            "attribute_not_exists(#status) OR (#status <> :active AND #status <> :provisioning) OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)",
          ],
          ['":accepted": "accepted", ":failed": "failed",', '":active": "active",'],
          [
            isHeld,
            'const untilMs = row?.["leaseExpiresAtMs"]; throw new LeaseHeldError(eventId, typeof untilMs === "number" ? untilMs : nowMs);',
          ],
          [onlyOwner, '"#status = :provisioning AND :owner = leaseOwner"'],
        ],
      },
    },
  ],
};
