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

    const print = (wish: { html?: string; browser?: string; limitSeconds?: number }) =>
      printPdf({ html: join(folder, "nothing.html"), pdf, browser, ...wish });
    await expect(print({ browser: join(folder, "no browser") })).rejects.toThrow(
      /ENOENT.*the HTML is complete/,
    );
    // It is there, and no browser.
    await expect(print({ browser: process.execPath })).rejects.toThrow(/but it ended; the HTML is complete/);
    await expect(print({})).rejects.toThrow(/can't open .*nothing\.html/);
    const empty = join(folder, "empty.html");
    writeFileSync(empty, "<p>No deck: it is never ready.</p>");
    await expect(print({ html: empty, limitSeconds: 3 })).rejects.toThrow("it did not within 3 s");

    expect(readFileSync(pdf, "utf8")).toBe("the good one");
  });
});
