import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "does not await the send",
    task: 1,
    file: "api.ts",
    edits: [["await sqs.send(message);", "void sqs.send(message);"]],
    says: "the answer came before the queue had the message",
  },
  {
    name: "answers, and then sends",
    task: 1,
    file: "api.ts",
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
    task: 1,
    file: "api.ts",
    edits: [["await sqs.send(message);", "await sqs.send(message).catch(() => {});"]],
    says: "its error was swallowed",
  },
  {
    name: "writes the ticket before the send",
    task: 1,
    file: "api.ts",
    edits: [
      ["await sqs.send(message);", ""],
      [
        "const ticket = await tickets.accept(activation);",
        "const ticket = await tickets.accept(activation); await sqs.send(message);",
      ],
    ],
    says: "the ticket was there before the message",
  },
  {
    name: "deletes before provisioning",
    task: 2,
    file: "worker.ts",
    edits: [["await provision(activation);", "await sqs.send(deletion); await provision(activation);"]],
    says: "it was deleted before the device worked",
  },
  {
    name: "does not await the provisioning",
    task: 2,
    file: "worker.ts",
    edits: [["await provision(activation);", "void provision(activation).catch(() => {});"]],
    says: "no message: it was deleted",
  },
  {
    name: "never deletes",
    task: 2,
    file: "worker.ts",
    edits: [["await sqs.send(deletion);", ""]],
    says: "it was never deleted",
  },
  {
    name: "deletes although the provisioning failed",
    task: 2,
    file: "worker.ts",
    edits: [
      ["await provision(activation);", "try { await provision(activation);"],
      [
        "await tickets.activate(activation);",
        "await tickets.activate(activation); } finally { await sqs.send(deletion); }",
      ],
    ],
    says: "it was deleted although the provisioning had failed",
  },
];
