import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "waits for the work before it answers",
    task: 1,
    file: "api.ts",
    find: "const ticket = await tickets.accept(activation);\n",
    replace: "const ticket = await tickets.accept(activation);\n      await activate(activation);\n",
    says: "the request waits for the vendor",
  },
  {
    name: "answers as if it were done",
    task: 1,
    file: "api.ts",
    find: "response.status(202)",
    replace: "response.status(201)",
    says: "the status 201",
  },
  {
    name: "answers without writing the ticket",
    task: 1,
    file: "api.ts",
    find: "const ticket = await tickets.accept(activation);",
    replace: 'const ticket = { ...activation, status: "accepted", acceptedAtMs: Date.now() };',
    says: "the answer came before the table had the ticket",
  },
  {
    name: "does not wait for the ticket's write",
    task: 1,
    file: "api.ts",
    find: "const ticket = await tickets.accept(activation);",
    replace:
      'void tickets.accept(activation).catch(() => {});\nconst ticket = { ...activation, status: "accepted", acceptedAtMs: Date.now() };',
    says: "the answer came before the table had the ticket",
  },
  {
    name: "forgets to start the work",
    task: 1,
    file: "api.ts",
    find: "void activate(activation);",
    replace: "",
    says: "nobody has started the work",
  },
  {
    name: "answers 200 to a ticket that nobody holds",
    task: 2,
    file: "api.ts",
    find: "if (ticket === undefined) {",
    replace: "if (ticket === undefined) { response.json({}); return; }\n      if (ticket === undefined) {",
    says: "200 with {}",
  },
  {
    name: "reads the ticket of another name",
    task: 2,
    file: "api.ts",
    find: "tickets.read(request.params.eventId)",
    replace: "tickets.read(`/activations/${request.params.eventId}`)",
    says: "the status 404",
  },
];
