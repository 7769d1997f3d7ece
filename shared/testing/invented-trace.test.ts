import { expect, it } from "vitest";
import { traceEventSchema, traceHeaderSchema } from "#shared/trace.ts";
import { activationOf, inventedTrace } from "./invented-trace.ts";

it("invents what a real trace might contain", () => {
  const a = activationOf(1);
  const { header, events } = inventedTrace([
    a.asked(0),
    a.claimed(1),
    a.sent(2),
    a.written(3, "api", "accepted"),
    a.answered(4, 202),
    a.copied(5, 101),
    a.delivered(6, { to: "lambda" }),
    a.invoked(7, 1, "i1"),
    a.read(8, "i1", "accepted"),
    a.refused(9, "i1"),
    ...a.called(10, "i1", 1, 20),
    a.hidden(40, "i1", 1_000),
    a.returned(41, 1, "i1", { failedRows: [1] }),
    a.deleted(42, "lambda", 101),
    a.setAside(43, 201),
    a.redriven(44, 201, 301),
    { ms: 45, kind: "killed", target: "function", pid: 1 },
  ]);

  expect(traceHeaderSchema.parse(header)).toEqual(header);
  expect(events.map((event) => traceEventSchema.parse(event))).toEqual(events);
});
