// `npm run slides:build 90` writes the deck into slides/built: one HTML file, and a PDF if a browser can print it.
import { join, relative } from "node:path";
import { cwd } from "node:process";
import { runCommand } from "#shared/command.ts";
import { deckLines, readDeckCommand } from "./command.ts";
import { buildDeck } from "./deck.ts";
import { printPdf } from "./pdf.ts";
import { writeWhole } from "#shared/whole-file.ts";

runCommand(async (argv, env) => {
  const options = readDeckCommand("npm run slides:build", argv, env);
  const deck = buildDeck(options);
  const name = `take-a-ticket-${options.length}`;
  const folder = join(import.meta.dirname, "built");
  const [html, pdf] = [join(folder, `${name}.html`), join(folder, `${name}.pdf`)];
  await writeWhole(html, deck.html);
  const megabytes = (Buffer.byteLength(deck.html) / 1e6).toFixed(1);
  console.log(deckLines(deck, options.length).join("\n"));
  console.log(`\n${relative(cwd(), html)} (${megabytes} MB) opens from disk, without a network.`);

  if (options.withoutPdf) {
    return;
  }
  const isPrinted = await printPdf({ html, pdf, env });
  console.log(
    isPrinted
      ? `${relative(cwd(), pdf)} is the same on paper.`
      : "No PDF: there is no Chrome, Edge or Chromium here to print it. CHROME_PATH may name one.",
  );
});
