import type { Mistake } from "#shared/workshop/course/mistakes.ts";

const condition = 'const ifNobodyHasIt = "attribute_not_exists(#status) OR #status IN (:accepted, :failed)";';

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "reads first, then writes without a condition",
    task: 1,
    file: "lease.ts",
    find: "await tickets.update(eventId, expression, { ...values, ...states }, ifFree);",
    replace: `const before = await tickets.read(eventId);
        if (before?.status === "active") {
          return "done";
        }
        if (before?.status === "provisioning") {
          throw new LeaseHeldError(eventId, nowMs + 1_000);
        }
        await tickets.update(eventId, expression, values);`,
    says: "between looking and writing there was room for another",
  },
  {
    name: "lets in whoever finds somebody at work",
    task: 1,
    file: "lease.ts",
    find: "#status IN (:accepted, :failed)",
    replace: "#status IN (:accepted, :failed, :provisioning)",
    says: "between looking and writing there was room for another",
  },
  {
    name: "takes the lease only where there is no ticket yet",
    task: 1,
    file: "lease.ts",
    find: `${condition}\n      const states = { ":accepted": "accepted", ":failed": "failed" };`,
    replace: 'const ifNobodyHasIt = "attribute_not_exists(#status)";\n      const states = {};',
    says: "neither of both did the work",
  },
  {
    name: "takes held for done",
    task: 2,
    file: "lease.ts",
    find: 'if (row?.["status"] === "active") {',
    replace: 'if (row?.["status"] !== undefined) {',
    says: "held was taken for done",
  },
  {
    name: "takes done for held",
    task: 2,
    file: "lease.ts",
    find: 'if (row?.["status"] === "active") {',
    replace: 'if (row?.["status"] === "done") {',
    says: "the message is still there",
  },
  {
    name: "forgets that a lease ends",
    task: 2,
    file: "lease.ts",
    find: "${ifNobodyHasIt} OR (#status = :provisioning AND leaseExpiresAtMs < :nowMs)",
    replace: "${ifNobodyHasIt}",
    says: "an ended lease still keeps everybody out",
  },
  {
    name: "compares the end of the lease the wrong way round",
    task: 1,
    file: "lease.ts",
    find: "leaseExpiresAtMs < :nowMs",
    replace: "leaseExpiresAtMs > :nowMs",
    says: "room for another",
  },
  {
    name: "writes a lease that never ends",
    task: 2,
    file: "lease.ts",
    find: '":expiresAtMs": expiresAtMs,',
    replace: '":expiresAtMs": Number.MAX_SAFE_INTEGER,',
    says: "it ends in",
  },
  {
    name: "releases somebody else's lease",
    task: 3,
    file: "lease.ts",
    find: `const ifStillOwner = "#status = :provisioning AND leaseOwner = :owner";
      const values = { ":status": status, ":provisioning": "provisioning", ":owner": owner };`,
    replace: 'const ifStillOwner = undefined;\n      const values = { ":status": status };',
    says: "the first released what was no longer its own",
  },
  {
    name: "asks only whether somebody is at work, not who",
    task: 3,
    file: "lease.ts",
    find: `const ifStillOwner = "#status = :provisioning AND leaseOwner = :owner";
      const values = { ":status": status, ":provisioning": "provisioning", ":owner": owner };`,
    replace:
      'const ifStillOwner = "#status = :provisioning";\n      const values = { ":status": status, ":provisioning": "provisioning" };',
    says: "the first released what was no longer its own",
  },
];
