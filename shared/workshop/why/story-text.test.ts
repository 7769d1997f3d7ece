import { expect, it } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { readTrace } from "#shared/tracing/activations.ts";
import { painter } from "../terminal/paint.ts";
import { storyText } from "./story-text.ts";

const a = activationOf(12);
const plain = painter(false);

it("shows each moment with its time and the line of code, in 80 columns", () => {
  const read = readTrace(
    inventedTrace([
      a.asked(3_000),
      a.claimed(3_003),
      a.sent(3_006),
      a.delivered(3_008, { to: "lambda" }),
      a.invoked(3_009, 4_711, "i1"),
    ]),
  );
  const [activation] = read.activations;
  const places = { sent: { file: "chapters/07-lock/api.ts", line: 33 } };

  const lines = activation && storyText(read, activation, places, plain);

  expect(lines?.slice(0, 9)).toEqual([
    "c-12 in 07-lock, the short day",
    "device 00-00-5E-10-00-00-00-0B, eventId e-12",
    "",
    "   3.000 s  The customer asked for the device.",
    "   3.003 s  The API claimed the device in the inventory.",
    "   3.006 s  The API sent the message: the queue keeps the work from now on.",
    "            chapters/07-lock/api.ts:33",
    "   3.008 s  First delivery: SQS gave the message to environment 1 (receive count",
    "            1, hidden until 9.01 s).",
  ]);
  expect(lines?.filter((line) => line.length > 80)).toEqual([]);
});

it("lets no customer's name control the terminal", () => {
  const asked = { ...a.asked(0), customerId: "\u001B[2Jc-12" };
  const read = readTrace(inventedTrace([asked]));
  const [activation] = read.activations;

  expect((activation && storyText(read, activation, {}, plain))?.[0]).toBe("c-12 in 07-lock, the short day");
});
