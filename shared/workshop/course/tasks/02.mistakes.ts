import type { Mistake } from "#shared/workshop/course/mistakes.ts";

/** What people do instead, in the chapter's own code, and what they are told. */
export const mistakes: readonly Mistake[] = [
  {
    name: "waits for the work before it answers",
    task: 1,
    file: "api.ts",
    edits: [
      [
        "const ticket = await tickets.accept(activation);",
        "const ticket = await tickets.accept(activation); await activate(activation);",
      ],
    ],
    says: "the request waits for the vendor",
  },
  {
    name: "answers as if it were done",
    task: 1,
    file: "api.ts",
    edits: [["status(202)", "status(201)"]],
    says: "the status 201",
  },
  {
    name: "answers without writing the ticket",
    task: 1,
    file: "api.ts",
    edits: [
      ["await tickets.accept(activation)", '{ ...activation, status: "accepted", acceptedAtMs: Date.now() }'],
    ],
    says: "the answer came before the table had the ticket",
  },
  {
    name: "does not wait for the ticket's write",
    task: 1,
    file: "api.ts",
    edits: [
      [
        "const ticket = await tickets.accept(activation);",
        'void tickets.accept(activation).catch(() => {}); const ticket = { ...activation, status: "accepted", acceptedAtMs: Date.now() };',
      ],
    ],
    says: "the answer came before the table had the ticket",
  },
  {
    name: "forgets to start the work",
    task: 1,
    file: "api.ts",
    edits: [["void activate(activation);", ""]],
    says: "nobody has started the work",
  },
  {
    name: "answers 200 to a ticket that nobody holds",
    task: 2,
    file: "api.ts",
    edits: [
      [
        "const ticket = await tickets.read(request.params.eventId);",
        "const ticket = await tickets.read(request.params.eventId); if (ticket === undefined) { response.json({}); return; }",
      ],
    ],
    says: "200 with {}",
  },
  {
    name: "reads the ticket of another name",
    task: 2,
    file: "api.ts",
    edits: [
      ["tickets.read(request.params.eventId)", "tickets.read(`/activations/${request.params.eventId}`)"],
    ],
    says: "the status 404",
  },
];
