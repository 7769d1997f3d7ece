import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { page } from "./html-page.ts";
import type { ReplayData } from "./replay-data.ts";

/** Small enough to send by mail. */
export const mostBytes = 2_000_000;

/** All data of a replay, compressed, as text that is safe in HTML. A page reads it with `unpackReplay`. */
export const packReplay = (data: ReplayData): string =>
  gzipSync(JSON.stringify(data), { level: 9 }).toString("base64");

/**
 * The replay: one file that opens from disk without a network, in light and dark. It contains the traces, compressed. Throws an
 * error that says what to do if it would be larger than {@link mostBytes}.
 */
export function replayHtml(data: ReplayData): string {
  const html = page({
    title: `Take a Ticket: ${data.title}`,
    entry: join(import.meta.dirname, "page", "replay.ts"),
    styles: pageStyles(),
    body: `<noscript><p class="remark">A replay moves, so it needs scripts: allow them for this file.</p></noscript>
<main></main>
<script type="text/plain" id="replay">${packReplay(data)}</script>`,
  });
  if (html.length > mostBytes) {
    throw new Error(
      `Expected a replay of at most ${mostBytes / 1e6} MB, got ${(html.length / 1e6).toFixed(1)} MB; name fewer chapters, or a shorter run.`,
    );
  }
  return html;
}

const styleSheet = (name: string): string => readFileSync(join(import.meta.dirname, "page", name), "utf8");

/** The style sheet of the pictures and their controls. */
export const pictureStyles = (): string => styleSheet("picture.css");

/** The style sheets of both pages, the replay and the live one. */
export const pageStyles = (): string => pictureStyles() + styleSheet("page.css");
