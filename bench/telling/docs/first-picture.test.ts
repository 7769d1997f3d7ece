import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { activationOf, inventedTrace } from "#shared/testing/invented-trace.ts";
import { traceFile } from "#shared/tracing/read.ts";
import { packTrace } from "#shared/tracing/text.ts";
import { drawFirstPicture, firstPicture } from "./first-picture.ts";

const a = activationOf(1);
const accepted = [a.asked(0), a.claimed(1), a.written(2, "api", "accepted"), a.answered(3, 202)];
const killed = { ms: 50, kind: "killed", target: "api", pid: 1 } as const;

it("is drawn from the reference's own traces, and disappears with them", async () => {
  const root = mkdtempSync(join(tmpdir(), "take-a-ticket-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const reference = join(root, "bench", "reference");
  for (const [row, chapter] of [
    ["02", "02-ticket"],
    ["07", "07-lock"],
  ] as const) {
    const file = join(reference, traceFile({ row, part: "day", seed: 1 }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, await packTrace(inventedTrace([...accepted, killed], { row, chapter })));
  }

  await drawFirstPicture(root);

  const pictures = () => readdirSync(reference).filter((name) => name.endsWith(".svg"));
  expect(pictures()).toEqual(["one-kill-dark.svg", "one-kill-light.svg"]);
  expect(firstPicture(root)).toContain(
    '<img alt="kill -9 at 0 s: 02 forgets 1, 07 forgets 1." src="bench/reference/one-kill-light.svg"',
  );

  rmSync(join(reference, "traces"), { recursive: true });
  await drawFirstPicture(root);

  expect([pictures(), firstPicture(root)]).toEqual([[], ""]);
});
