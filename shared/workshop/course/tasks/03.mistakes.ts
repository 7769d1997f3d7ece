import type { Mistake } from "#shared/workshop/course/mistakes.ts";

const send = "await sqs.send(message);\n";
const accept = "const ticket = await tickets.accept(activation);\n";
const answer = 'response.status(202).location(statusUrl).set("Retry-After", "1").json(ticket);\n';
const indent = "      ";
const inOrder = [send, accept, answer].join(indent);

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "does not await the send",
    task: 1,
    file: "api.ts",
    find: send,
    replace: "void sqs.send(message);\n",
    says: "the answer came before the queue had the message",
  },
  {
    name: "answers, and then sends",
    task: 1,
    file: "api.ts",
    find: inOrder,
    replace: [accept, answer, send].join(indent),
    says: "the answer came before the queue had the message",
  },
  {
    name: "swallows the error of the send",
    task: 1,
    file: "api.ts",
    find: send,
    replace: "await sqs.send(message).catch(() => {});\n",
    says: "its error was swallowed",
  },
  {
    name: "writes the ticket before the send",
    task: 1,
    file: "api.ts",
    find: inOrder,
    replace: [accept, send, answer].join(indent),
    says: "the ticket was there before the message",
  },
  {
    name: "deletes before provisioning",
    task: 2,
    file: "worker.ts",
    find: "    await provision(activation);\n",
    replace: "    await sqs.send(deletion);\n    await provision(activation);\n",
    says: "it was deleted before the device worked",
  },
  {
    name: "does not await the provisioning",
    task: 2,
    file: "worker.ts",
    find: "    await provision(activation);\n",
    replace: "    void provision(activation).catch(() => {});\n",
    says: "no message: it was deleted",
  },
  {
    name: "never deletes",
    task: 2,
    file: "worker.ts",
    find: "    await sqs.send(deletion);\n",
    replace: "",
    says: "it was never deleted",
  },
  {
    name: "deletes although the provisioning failed",
    task: 2,
    file: "worker.ts",
    find: "    await provision(activation);\n    await tickets.activate(activation);\n",
    replace:
      "    try {\n    await provision(activation);\n    await tickets.activate(activation);\n    } finally { await sqs.send(deletion); }\n",
    says: "it was deleted although the provisioning had failed",
  },
];
