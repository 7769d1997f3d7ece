import { wrap } from "#shared/command.ts";
import { biographyOf } from "#shared/tracing/biography.ts";
import type { ReadTrace, TracedActivation } from "#shared/tracing/activations.ts";
import type { CodePlaces } from "#shared/tracing/decisions.ts";
import { cut } from "../terminal/paint.ts";
import type { Paint } from "../terminal/paint.ts";

const columns = 80;
/** "  10.234 s  " */
const margin = 12;

/** A story for a screen: at most 80 columns, each line with its time, and with the line of code that decided it. */
export function storyText(
  read: ReadTrace,
  activation: TracedActivation,
  places: CodePlaces,
  paint: Paint,
): string[] {
  const { customerId, macAddress, eventId } = activation;
  const { chapter, plan } = read.trace.header;
  const lines = biographyOf(read.trace, eventId || macAddress, places, read);
  const text = [
    paint("bold", `${customerId || macAddress} in ${chapter}, ${plan}`),
    paint("dim", `device ${macAddress}${eventId === "" ? "" : `, eventId ${eventId}`}`),
    "",
    ...lines.flatMap(({ atMs, text, code }) => {
      const [first = "", ...others] = wrap(text, columns - margin).split("\n");
      const time = `${(atMs / 1_000).toFixed(3)} s`.padStart(margin - 2);
      const indent = " ".repeat(margin);
      return [
        `${time}  ${first}`,
        ...others.map((line) => indent + line),
        ...(code === undefined ? [] : [paint("dim", `${indent}${code.file}:${code.line}`)]),
      ];
    }),
  ];
  // A customer may have any name, and it must not control the terminal.
  return text.map((line) => cut(line, columns));
}
