import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "works on one message after the other",
    task: 1,
    file: "handler.ts",
    find: "await Promise.all(records.map(settle));",
    replace: "for (const record of records) {\n    await settle(record);\n  }",
    says: "one after the other",
  },
  {
    name: "does not wait for the batch",
    task: 1,
    file: "handler.ts",
    find: "await Promise.all(records.map(settle));",
    replace: "void Promise.all(records.map(settle));",
    says: "the function returned before its work was done",
  },
  {
    name: "swallows the failure",
    task: 2,
    file: "handler.ts",
    find: "      batchItemFailures.push({ itemIdentifier: record.messageId });\n",
    replace: "",
    says: "its failure was swallowed",
  },
  {
    name: "throws for the whole batch",
    task: 2,
    file: "handler.ts",
    find: "batchItemFailures.push({ itemIdentifier: record.messageId });",
    replace: "throw error;",
    says: "the function threw, so its whole batch comes back",
  },
  {
    name: "names the failure by its eventId",
    task: 2,
    file: "handler.ts",
    find: "itemIdentifier: record.messageId",
    replace: "itemIdentifier: parseActivation(record.body).eventId",
    says: "what it named is no messageId of the batch",
  },
  {
    name: "switches the answer's failures off in the template",
    task: 2,
    file: "template.yaml",
    find: "            FunctionResponseTypes: [ReportBatchItemFailures]\n",
    replace: "",
    says: "its failure was swallowed",
  },
  {
    name: "lets too few environments work",
    task: 3,
    file: "template.yaml",
    find: "MaximumConcurrency: 5",
    replace: "MaximumConcurrency: 3",
    says: "12 at most",
  },
  {
    name: "lets more environments work than the vendor can serve",
    task: 3,
    file: "template.yaml",
    find: "MaximumConcurrency: 5",
    replace: "MaximumConcurrency: 7",
    says: "more environments than the vendor can serve",
  },
];
