import type { Mistake } from "./copies.ts";

/** By the title of its task. */
export const mistakes02To04: Readonly<Record<string, readonly Mistake[]>> = {
  "answer first": [
    {
      name: "waits for the work before it answers",
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
      edits: [["status(202)", "status(201)"]],
      says: "the status 201",
    },
    {
      name: "answers without writing the ticket",
      edits: [
        [
          "await tickets.accept(activation)",
          '{ ...activation, status: "accepted", acceptedAtMs: Date.now() }',
        ],
      ],
      says: "the answer came before the table had the ticket",
    },
    {
      name: "does not wait for the ticket's write",
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
      edits: [["void activate(activation);", ""]],
      says: "no one started the work",
    },
    {
      name: "does not await the ticket",
      edits: [["await tickets.accept(activation)", "tickets.accept(activation)"]],
      says: "an `await` is missing",
    },
    {
      name: "answers with nothing",
      edits: [['.set("Retry-After", "1").json(ticket);', '.set("Retry-After", "1").end();']],
      says: "202 with an empty body",
    },
    {
      name: "does not say where the ticket is",
      edits: [['.location(statusUrl).set("Retry-After", "1")', '.set("Retry-After", "1")']],
      says: "Location: none",
    },
    {
      name: "does not say when it is worth another look",
      edits: [['.set("Retry-After", "1")', ""]],
      says: "Retry-After: none",
    },
    {
      name: "leaves the error of the work to nobody",
      edits: [
        [
          "void activate(activation);",
          "void provision(activation).then(() => tickets.activate(activation));",
        ],
      ],
      says: "no one caught its error",
    },
  ],
  "GET the ticket": [
    {
      name: "answers 200 to a ticket that nobody holds",
      edits: [
        [
          "answerTicket(response, await tickets.read(request.params.eventId));",
          "response.json((await tickets.read(request.params.eventId)) ?? {});",
        ],
      ],
      says: "200 with {}",
    },
    {
      name: "reads the ticket of another name",
      edits: [
        ["tickets.read(request.params.eventId)", "tickets.read(`/activations/${request.params.eventId}`)"],
      ],
      says: "the status 404",
    },
    {
      name: "does not await the ticket that it reads",
      edits: [["await tickets.read(request.params.eventId)", "tickets.read(request.params.eventId)"]],
      says: "an `await` is missing",
    },
  ],
  "no answer before the queue has the work": [
    {
      name: "does not await the send",
      edits: [["await sqs.send(message);", "void sqs.send(message);"]],
      says: "the answer came before the queue had the message",
    },
    {
      name: "answers, and then sends",
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
      edits: [["await sqs.send(message);", "await sqs.send(message).catch(() => {});"]],
      says: "its error was swallowed",
    },
    {
      name: "writes the ticket before the send",
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
      name: "answers after the send, before the ticket is written",
      edits: [
        [
          "const ticket = await tickets.accept(activation);",
          'void tickets.accept(activation).catch(() => {}); const ticket = { ...activation, status: "accepted", acceptedAtMs: Date.now() };',
        ],
      ],
      says: "the answer came before the table had the ticket",
    },
    {
      name: "does not await the ticket after the send",
      edits: [["await tickets.accept(activation)", "tickets.accept(activation)"]],
      says: "an `await` is missing",
    },
  ],
  "delete when the device works": [
    {
      name: "deletes before provisioning",
      edits: [["await provision(activation);", "await sqs.send(deletion); await provision(activation);"]],
      says: "it was deleted before the device worked",
    },
    {
      name: "does not await the provisioning",
      edits: [["await provision(activation);", "void provision(activation).catch(() => {});"]],
      says: "no message: it was deleted",
    },
    {
      name: "never deletes",
      edits: [["await sqs.send(deletion);", ""]],
      says: "it was never deleted",
    },
    {
      name: "deletes before the ticket says active",
      edits: [
        ["await tickets.activate(activation);", ""],
        ["await sqs.send(deletion);", "await sqs.send(deletion); await tickets.activate(activation);"],
      ],
      says: "it was deleted before the ticket said active",
    },
    {
      name: "never says that the device works",
      edits: [["await tickets.activate(activation);", ""]],
      says: "another status",
    },
    {
      name: "deletes although the provisioning failed",
      edits: [
        ["await provision(activation);", "try { await provision(activation);"],
        [
          "await tickets.activate(activation);",
          "await tickets.activate(activation); } finally { await sqs.send(deletion); }",
        ],
      ],
      says: "it was deleted although the provisioning had failed",
    },
  ],
  "work on the whole batch at once": [
    {
      name: "works on one message after the other",
      edits: [
        [
          "await Promise.all(records.map(settle));",
          "for (const record of records) { await settle(record); }",
        ],
      ],
      says: "one after the other",
    },
    {
      name: "does not wait for the batch",
      edits: [["await Promise.all", "void Promise.all"]],
      says: "the function returned before its work was done",
    },
    {
      name: "leaves one of the batch out",
      edits: [["records.map(settle)", "records.slice(1).map(settle)"]],
      says: "3 of 4: one of the batch is left out",
    },
  ],
  "name the messages that failed": [
    {
      name: "swallows the failure",
      edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", ""]],
      says: "its failure was swallowed",
    },
    {
      name: "names the failure, and does not return it",
      edits: [["return { batchItemFailures };", ""]],
      says: "the function answered nothing, so Lambda takes the whole batch for done",
    },
    {
      name: "throws for the whole batch",
      edits: [["batchItemFailures.push({ itemIdentifier: record.messageId });", "throw error;"]],
      says: "the function threw, so its whole batch comes back",
    },
    {
      name: "names the failure by its eventId",
      edits: [["itemIdentifier: record.messageId", "itemIdentifier: parseActivation(record.body).eventId"]],
      says: "what it named is no messageId of the batch",
    },
    {
      name: "switches the answer's failures off in the template",
      file: "template.yaml",
      edits: [["FunctionResponseTypes: [ReportBatchItemFailures]", ""]],
      says: "the template does not say ReportBatchItemFailures",
    },
  ],
  "as many environments as the vendor can bear": [
    {
      name: "lets too few environments work",
      edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 3"]],
      says: "12 at most",
    },
    {
      name: "lets more environments work than the vendor can serve",
      edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 7"]],
      says: "28 at once: more than the vendor can serve",
    },
    {
      name: "writes the vendor's number of calls",
      edits: [["MaximumConcurrency: 5", "MaximumConcurrency: 20"]],
      says: "80 at once: more than the vendor can serve",
    },
    {
      name: "sets no limit",
      edits: [["ScalingConfig: { MaximumConcurrency: 5 }", ""]],
      says: "none: Lambda starts more and more environments",
    },
  ],
};
