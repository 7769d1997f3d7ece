import type { Course } from "#shared/workshop/course/task.ts";
import { ownersWrite, threeAnswers } from "./lease.ts";
import { oneWrite } from "./race.ts";

export const course: Course = {
  chapter: "07",
  start: { parameters: { VisibilityTimeoutSeconds: "6" } },
  tasks: [
    {
      number: 1,
      title: "one conditional write",
      file: "lease.ts",
      hints: [
        "Two deliveries look at the same moment. What could one of them see that the other doesn't?",
        "Only the table can decide who was first: let it look and write in one step. A write may have a condition.",
        "A write may have a `ConditionExpression`. This one must hold for a row without a status (`attribute_not_exists(#status)`), and for one that is accepted or failed.",
        '`ConditionExpression: "attribute_not_exists(#status) OR #status IN (:accepted, :failed)"`, and below it the values of `:accepted` and `:failed`. DynamoDB refuses values that no expression names.',
      ],
      check: oneWrite,
    },
    {
      number: 2,
      title: "done, held or expired",
      file: "lease.ts",
      hints: [
        "The write has failed: somebody was there before. Is the work done, is it being done, or has whoever did it died?",
        "Expired belongs into the condition: a row in provisioning whose `leaseExpiresAtMs` lies before `:nowMs` is free, too.",
        'After the failed condition read the row, with ConsistentRead. Status active: return "done", and the message may go.',
        "Everything else is held: throw `new LeaseHeldError(eventId, untilMs)` with the row's leaseExpiresAtMs, so that this message fails and comes back then.",
      ],
      check: threeAnswers,
    },
    {
      number: 3,
      title: "only the owner gives it back",
      file: "lease.ts",
      hints: [
        "You were slow, your lease ended, and somebody took it over. Now your call fails. Whose lease do you release?",
        "The release is a write like any other, and may have a condition: it is still mine.",
        '`ConditionExpression: "#status = :provisioning AND leaseOwner = :owner"`, with the values of `:provisioning` and `:owner` beside `:status`.',
      ],
      check: ownersWrite,
    },
  ],
};
