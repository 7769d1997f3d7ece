import { beforeEach, expect, it } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { TraceRecorder } from "#shared/tracing/recorder.ts";
import { Counter } from "./counter.ts";
import { Ledger } from "./ledger.ts";
import { usualWeather } from "./weather.ts";
import type { Weather } from "./weather.ts";

const trace = new TraceRecorder("vendor", 64);
const [first, second] = [deviceAt(0).macAddress, deviceAt(1).macAddress];
let counter: Counter;

beforeEach(() => trace.begin());

/** Calls that have begun wait until `release`. */
function open(weather: Partial<Weather>) {
  counter = new Counter(
    { ...usualWeather, medianMs: 1, p99Ms: 1, hold: true, ...weather },
    new Ledger(),
    trace,
  );
}

const noted = () =>
  trace
    .read()
    .events.map(({ atMs: _at, part: _part, seq: _seq, ...event }): Record<string, unknown> => event);
const arrived = (call: number, macAddress: string, more = {}) => ({
  kind: "callArrived",
  call,
  macAddress,
  by: "",
  ...more,
});
const began = (call: number) => ({ kind: "callBegan", call });
const ended = (call: number, status?: number, provisioned = false) => ({
  kind: "callEnded",
  call,
  ...(status !== undefined && { status }),
  provisioned,
});
/** Lets the begun calls end as soon as their time is over. */
async function release(visits: readonly ReturnType<Counter["ask"]>[]) {
  // Without a server nothing else keeps this process alive meanwhile.
  const alive = setInterval(() => {}, 1_000);
  counter.changeWeather({ hold: false });
  await Promise.all(visits.map(({ answer }) => answer));
  clearInterval(alive);
}

it("records calls in line, begun and turned away, and changes of the weather", async () => {
  open({ capacity: 1, line: 1 });
  const visits = [counter.ask(first, "k-1", "i-1"), counter.ask(second, undefined)];
  counter.ask(first, undefined);

  await release(visits);

  expect(noted()).toEqual([
    arrived(0, first, { idempotencyKey: "k-1", by: "i-1" }),
    began(0),
    arrived(1, second),
    arrived(2, first),
    ended(2, 429),
    { kind: "weather", change: { hold: false } },
    ended(0, 201, true),
    began(1),
    ended(1, 201, true),
  ]);
});

it("records who left, in line or not, and that the work goes on all the same", async () => {
  open({ capacity: 1 });
  const visits = [counter.ask(first, undefined), counter.ask(second, undefined)] as const;
  visits[0].leave();
  visits[1].leave();
  // A caller who was answered leaves too, which is not an event.
  const third = counter.ask(second, undefined);
  counter.changeWeather({ hold: false });
  await release([third]);
  third.leave();

  expect(noted().filter(({ kind }) => kind !== "weather")).toEqual([
    arrived(0, first),
    began(0),
    arrived(1, second),
    { kind: "callerLeft", call: 0 },
    { kind: "callerLeft", call: 1 },
    ended(1),
    arrived(2, second),
    ended(0, 201, true),
    began(2),
    ended(2, 201, true),
  ]);
});

it("provisions once for a key that it honours, and answers every caller", async () => {
  open({ honoursIdempotencyKey: true });
  const visits = [counter.ask(first, "k"), counter.ask(first, "k")];
  await release(visits);
  counter.ask(first, "k");
  counter.ask(second, "k");

  const last = noted().filter(({ kind }) => kind === "callEnded");
  expect(last.toSorted((one, other) => Number(one["call"]) - Number(other["call"]))).toEqual([
    ended(0, 201, true),
    ended(1, 201),
    ended(2, 201),
    ended(3, 422),
  ]);
});

it("knows of a provisioning that no one hears about, and of a call that never ends by itself", async () => {
  open({ answer: "disconnect", hold: false });
  await release([counter.ask(first, undefined)]);
  open({ answer: "hang" });
  counter.ask(second, undefined).leave();

  expect(noted().filter(({ kind }) => kind === "callEnded")).toEqual([ended(0, undefined, true), ended(0)]);
});
