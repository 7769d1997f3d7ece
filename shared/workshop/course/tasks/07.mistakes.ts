import type { Mistake } from "#shared/workshop/course/mistakes.ts";

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

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "reads first, then writes without a condition",
    task: 1,
    file: "lease.ts",
    edits: [
      // Of what no row has: so it always holds.
      ["attribute_not_exists(#status)", "attribute_not_exists(nothing)"],
      ["await table.dynamoDb.send(take);", looking + "await table.dynamoDb.send(take);"],
    ],
    says: "between looking and writing there was room for another",
  },
  {
    name: "lets in whoever finds somebody at work",
    task: 1,
    file: "lease.ts",
    edits: [["IN (:accepted, :failed)", "IN (:accepted, :failed, :provisioning)"]],
    says: "between looking and writing there was room for another",
  },
  {
    name: "takes the lease only where there is no ticket yet",
    task: 1,
    file: "lease.ts",
    edits: [["OR #status IN", "OR attribute_not_exists(#status) AND #status IN"]],
    says: "neither of both did the work",
  },
  {
    name: "takes held for done",
    task: 2,
    file: "lease.ts",
    edits: [['row?.["status"] === "active"', 'row?.["status"] !== undefined']],
    says: "held was taken for done",
  },
  {
    name: "takes done for held",
    task: 2,
    file: "lease.ts",
    edits: [['row?.["status"] === "active"', 'row?.["status"] === "done"']],
    says: "the message is still there",
  },
  {
    name: "forgets that a lease ends",
    task: 2,
    file: "lease.ts",
    edits: [["OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)", ""]],
    says: "an ended lease still keeps everybody out",
  },
  {
    name: "compares the end of the lease the wrong way round",
    task: 1,
    file: "lease.ts",
    edits: [["leaseExpiresAtMs < :nowMs", "leaseExpiresAtMs > :nowMs"]],
    says: "room for another",
  },
  {
    name: "writes a lease that never ends",
    task: 2,
    file: "lease.ts",
    edits: [['":expiresAtMs": expiresAtMs', '":expiresAtMs": Number.MAX_SAFE_INTEGER']],
    says: "it ends in",
  },
  {
    name: "releases somebody else's lease",
    task: 3,
    file: "lease.ts",
    edits: [["AND leaseOwner = :owner", "OR leaseOwner <> :owner"]],
    says: "the first released what was no longer its own",
  },
  {
    name: "asks only whether somebody is at work, not who",
    task: 3,
    file: "lease.ts",
    edits: [["AND leaseOwner = :owner", "AND (leaseOwner = :owner OR attribute_exists(leaseOwner))"]],
    says: "the first released what was no longer its own",
  },
];
