// `npm run replay 02 07 storm` makes one HTML file of a measured run: every activation as a dot, at any moment.
import { join, relative, resolve } from "node:path";
import { readCommand, runCommand, UsageError, wrap } from "#shared/command.ts";
import { usageOf } from "#shared/help/commands.ts";
import { replayHtml } from "#shared/picture/replay-page.ts";
import { projectFolder } from "#shared/run/chapters.ts";
import { writeWhole } from "#shared/whole-file.ts";
import { rowOf } from "../../figures/kept-traces.ts";
import type { WantedTraces } from "../../figures/kept-traces.ts";
import { findTraces, readReplay } from "./kept.ts";

const usage = usageOf("replay");

runCommand(async (argv, env) => {
  const { words, flags } = readCommand({ usage, flags: { reference: "switch", out: "text" } }, argv, env);
  const isReference = flags.reference === true;
  const { folder, where, chosen } = findTraces(projectFolder, wantedOf(words), isReference);
  const data = await readReplay(chosen, where);
  const html = replayHtml(data);
  const rows = chosen.map(({ row }) => row);
  const name = `replay-${rows.join("-")}-${chosen[0]?.part}.html`;
  const results = join(projectFolder, "bench", "results");
  const target = isReference ? join(results, `reference-${name}`) : join(folder, name);
  const written = flags.out === undefined ? target : resolve(flags.out);
  await writeWhole(written, html);
  const megabytes = (Buffer.byteLength(html) / 1e6).toFixed(1);
  console.log(`${rows.join(" and ")}: ${data.panels[0]?.trace.header.plan}, ${where}`);
  for (const remark of data.panels.flatMap(({ remarks }) => remarks)) {
    console.log(wrap(remark));
  }
  console.log(`\n${relative(process.cwd(), written)} (${megabytes} MB) opens from disk, without a network.`);
});

/** The rows and the part that the words name. A chapter's number may be short, as everywhere. */
function wantedOf(words: readonly string[]): WantedTraces {
  const parts = words.filter((word) => word === "day" || word === "storm");
  if (parts.length > 1) {
    throw new UsageError(`Expected \`day\` or \`storm\`, got both; write \`${usage}\`.`);
  }
  const rows = words.filter((word) => word !== "day" && word !== "storm").map(rowOf);
  return { rows, part: parts[0] };
}
