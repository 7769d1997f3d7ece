import { execFileSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { override } from "./override.ts";

it("replaces a method of one object only, again and again, and each can call the one before", () => {
  const [one, other] = [new EventEmitter(), new EventEmitter()];
  const heard: unknown[] = [];
  for (const name of ["first", "second"]) {
    const emit = one.emit.bind(one);
    override(one, "emit", (event: string, ...values: unknown[]) => emit(event, name, ...values));
  }
  one.on("news", (...values) => heard.push(values));
  other.on("news", (...values) => heard.push(values));

  expect(one.emit("news", 1)).toBe(true);
  other.emit("news", 2);

  expect(heard).toEqual([["first", "second", 1], [2]]);
});

/** How much V8 takes for lasting (in kB) of 20,000 objects that nobody keeps, if each gets a method that refers to it. */
function promotedKb(give: string): number {
  const program = `
    class Request { rows = Array.from({ length: 100 }, (_, row) => ({ row })); read() {} }
    const override = ${override.toString()};
    const give = ${give};
    for (let made = 0; made < 20_000; made += 1) give(new Request());`;
  // Not optimized: as at a chapter's start, and for code that is not called often enough.
  const lines = execFileSync(process.execPath, ["--no-opt", "--trace-gc-nvp", "--eval", program], {
    encoding: "utf8",
  });
  const promoted = [...lines.matchAll(/ promoted=(\d+)/g)].map(([, bytes]) => Number(bytes));
  expect(promoted.length).toBeGreaterThan(2);
  return promoted.reduce((sum, bytes) => sum + bytes, 0) / 1_000;
}

it("lets go of what the method refers to with its object, as an assignment does not", () => {
  const overridden = promotedKb(`(request) => override(request, "read", () => request)`);
  const assigned = promotedKb("(request) => { request.read = () => request; }");

  expect(overridden).toBeLessThan(assigned / 10);
});
