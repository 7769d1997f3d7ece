import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "has a dead-letter queue, and no policy that uses it",
    task: 1,
    file: "template.yaml",
    edits: [
      ["RedrivePolicy:", ""],
      ["deadLetterTargetArn: !GetAtt DeadLetterQueue.Arn", ""],
      ["maxReceiveCount: !Ref MaxReceiveCount", ""],
    ],
    says: "the message still comes back",
  },
  {
    name: "gives no second chance",
    task: 1,
    file: "template.yaml",
    edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 1"]],
    says: "maxReceiveCount gives no second chance",
  },
  {
    name: "tries again and again before it gives up",
    task: 1,
    file: "template.yaml",
    edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 100"]],
    says: "the message still comes back",
  },
  {
    name: "types the number twice",
    task: 1,
    file: "template.yaml",
    edits: [["maxReceiveCount: !Ref MaxReceiveCount", "maxReceiveCount: 3"]],
    says: "3 calls: the number is not the parameter's",
  },
  {
    name: "leaves the time to the visibility timeout",
    task: 2,
    file: "handler.ts",
    edits: [["await prepareNextDelivery(record)", "await Promise.resolve(prepareNextDelivery)"]],
    says: "the visibility timeout decides",
  },
  {
    name: "asks again at once",
    task: 2,
    file: "handler.ts",
    edits: [["backoffSeconds = [1, 1, 2, 2]", "backoffSeconds = [0, 0, 0, 0]"]],
    says: "no backoff",
  },
  {
    name: "tells nobody that it has given up",
    task: 2,
    file: "handler.ts",
    edits: [['await tickets.mark(parseActivation(record.body), "failed");', ""]],
    says: "another status",
  },
];
