import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { describe, expect, it } from "vitest";
import { buildDeck } from "./deck.ts";
import { printPdf } from "./pdf.ts";
import { isBrowserHere } from "#shared/testing/browser.ts";
import { scratchFolder } from "#shared/testing/scratch.ts";

describe.skipIf(!(await isBrowserHere()))("the deck on paper", () => {
  it("is printed with one page per slide", async () => {
    const { html, slideCount } = buildDeck({ length: "20", referenceOnly: true });
    const folder = scratchFolder();
    const [file, pdf] = [join(folder, "deck.html"), join(folder, "deck.pdf")];
    writeFileSync(file, html);

    expect(await printPdf({ html: file, pdf, env })).toBe(true);

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

    const print = (wish: { html?: string; path?: string; limitSeconds?: number }) =>
      printPdf({
        html: wish.html ?? join(folder, "nothing.html"),
        pdf,
        env: wish.path === undefined ? env : { CHROME_PATH: wish.path },
        limitSeconds: wish.limitSeconds ?? 60,
      });
    await expect(print({ path: folder })).rejects.toThrow(/EACCES.*the HTML is complete/);
    // The file exists, but is not a browser.
    await expect(print({ path: execPath })).rejects.toThrow(/not start: it ended; the HTML is complete/);
    await expect(print({})).rejects.toThrow(/can't open .*nothing\.html/);
    const empty = join(folder, "empty.html");
    writeFileSync(empty, "<p>No deck: it is never ready.</p>");
    await expect(print({ html: empty, limitSeconds: 3 })).rejects.toThrow("it did not within 3 s");

    expect(readFileSync(pdf, "utf8")).toBe("the good one");
  });
});
