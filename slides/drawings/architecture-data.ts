import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";

const point = z.tuple([z.number(), z.number()]);
const lifetime = {
  /** The first chapter that has it, and the last; without a last one all later ones have it. */
  since: z.int(),
  until: z.int().optional(),
  /** Its place in the story of the chapter that brings it. */
  step: z.int(),
};
const boxSchema = z.strictObject({
  name: z.string(),
  lines: z.array(z.string()),
  kind: z.enum(["person", "process", "stack", "table", "queue", "outside"]),
  at: point,
  size: point,
  ...lifetime,
});
const arrowSchema = z.strictObject({
  /** From where to where in words, for those who listen. */
  names: z.tuple([z.string(), z.string()]),
  points: z.array(point).min(2),
  label: z.string(),
  labelAt: point,
  anchor: z.enum(["start", "middle", "end"]).optional(),
  /** Whether the customer waits for it. */
  when: z.enum(["before the answer", "after it"]),
  ...lifetime,
});

export type Box = z.infer<typeof boxSchema>;
export type Arrow = z.infer<typeof arrowSchema>;

/** All that is in a picture of one of the chapters. */
export const { boxes, arrows } = z
  .strictObject({ boxes: z.array(boxSchema), arrows: z.array(arrowSchema) })
  .parse(parse(readFileSync(join(import.meta.dirname, "architecture.yaml"), "utf8")));
