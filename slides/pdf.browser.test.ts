import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { printPdf } from "./pdf.ts";
import { browserForTests } from "./testing/browser.ts";
import { scratchFolder } from "./testing/scratch.ts";

const browser = browserForTests() ?? "";

describe.skipIf(browser === "")("the deck on paper", () => {
  it("is printed, a page for each slide", async () => {
    const { html, slideCount } = buildDeck({ length: "20", referenceOnly: true });
    const folder = scratchFolder();
    const [file, pdf] = [join(folder, "deck.html"), join(folder, "deck.pdf")];
    writeFileSync(file, html);

    await printPdf({ html: file, pdf, browser });

    expect(
      readFileSync(pdf)
        .toString("latin1")
        .match(/\/Type\s*\/Page\b/g),
    ).toHaveLength(slideCount);
  });

  it("keeps a good PDF if the next one can't be printed", async () => {
    const folder = scratchFolder();
    const pdf = join(folder, "deck.pdf");
    writeFileSync(pdf, "the good one");

    const missing = printPdf({ html: join(folder, "deck.html"), pdf, browser: join(folder, "no browser") });
    await expect(missing).rejects.toThrow(/^Expected to start .*no browser/);
    const noPdf = printPdf({ html: join(folder, "deck.html"), pdf, browser: process.execPath });
    await expect(noPdf).rejects.toThrow(/none that is whole; the HTML is complete/);

    expect(readFileSync(pdf, "utf8")).toBe("the good one");
  });
});
