import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "works on one message after the other",
    task: 1,
    file: "handler.ts",
    edits: [
      ["await Promise.all(records.map(settle));", "for (const record of records) { await settle(record); }"],
    ],
    says: "one after the other",
  },
  {
    name: "does not wait for the batch",
    task: 1,
    file: "handler.ts",
    edits: [["await Promise.all", "void Promise.all"]],
    says: "the function returned before its work was done",
  },
  {
    name: "swallows the failure",
    task: 2,
    file: "handler.ts",
    edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", ""]],
    says: "its failure was swallowed",
  },
  {
    name: "throws for the whole batch",
    task: 2,
    file: "handler.ts",
    edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", "throw error;"]],
    says: "the function threw, so its whole batch comes back",
  },
  {
    name: "names the failure by its eventId",
    task: 2,
    file: "handler.ts",
    edits: [["itemIdentifier: record.messageId", "itemIdentifier: parseActivation(record.body).eventId"]],
    says: "what it named is no messageId of the batch",
  },
  {
    name: "switches the answer's failures off in the template",
    task: 2,
    file: "template.yaml",
    edits: [["FunctionResponseTypes: [ReportBatchItemFailures]", ""]],
    says: "its failure was swallowed",
  },
  {
    name: "lets too few environments work",
    task: 3,
    file: "template.yaml",
    edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 3"]],
    says: "12 at most",
  },
  {
    name: "lets more environments work than the vendor can serve",
    task: 3,
    file: "template.yaml",
    edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 7"]],
    says: "more environments than the vendor can serve",
  },
];
