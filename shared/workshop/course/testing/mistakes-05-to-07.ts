import type { Mistake } from "./copies.ts";

// A guard that reads and then writes.
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

/** By the title of its task. */
export const mistakes05To07: Readonly<Record<string, readonly Mistake[]>> = {
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
      says: "you wrote 100",
    },
    {
      name: "types the number twice",
      edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 3"]],
      says: "you wrote 3: the number is not the parameter's",
    },
    {
      name: "types the template's own number",
      edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 5"]],
      says: "you wrote 5: the number is not the parameter's",
    },
    {
      name: "hides a failed message for a thousand times as long",
      file: "handler.ts",
      edits: [["isLastReceive(record) ? 0 : backoff", "isLastReceive(record) ? 0 : backoff * 1_000"]],
      says: "your function has hidden the message for",
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
      name: "waits as long after the third failure as after the first",
      edits: [["backoffSeconds = [1, 1, 2, 2]", "backoffSeconds = [1, 1, 1, 1]"]],
      says: "the backoff does not grow",
    },
    {
      name: "says failed after each failure",
      edits: [["if (isLastReceive(record)) {", "{"]],
      says: "status failed, after the first failure",
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
        // An attribute that no row has, so it always holds.
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
      says: "neither delivery did the work",
    },
    {
      name: "compares the end of the lease the wrong way round",
      edits: [["leaseExpiresAtMs < :nowMs", "leaseExpiresAtMs > :nowMs"]],
      says: "room for another",
    },
    {
      name: "keeps out whose ticket is not written yet",
      edits: [["attribute_not_exists(#status) OR #status IN", "#status IN"]],
      says: "the condition keeps this row out",
    },
    {
      name: "keeps out whose ticket says failed",
      edits: [
        ["IN (:accepted, :failed)", "IN (:accepted)"],
        ['":failed": "failed",', ""],
      ],
      says: "the condition keeps this row out",
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
      name: "lets in whoever finds an ended lease, though the device works",
      edits: [["(#status = :provisioning AND leaseExpiresAtMs < :nowMs)", "leaseExpiresAtMs < :nowMs"]],
      says: "although the ticket says active",
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
      name: "gives a lease back that nobody can hold",
      edits: [
        [
          '"#status = :provisioning AND leaseOwner = :owner"',
          '"#status = :accepted AND leaseOwner = :owner"',
        ],
        ['":status": status, ":provisioning": "provisioning"', '":status": status, ":accepted": "accepted"'],
      ],
      says: "nobody can give this lease back",
    },
    {
      name: "asks only whether somebody is at work, not who",
      edits: [["AND leaseOwner = :owner", "AND (leaseOwner = :owner OR attribute_exists(leaseOwner))"]],
      says: "the first released what was no longer its own",
    },
  ],
};
