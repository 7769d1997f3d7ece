// Runs the deck in a browser: reveal.js, the charts, the replays, the countdowns, and the keys. `deck.ts` puts it into the page.
import Reveal from "reveal.js";
import Notes from "reveal.js/plugin/notes";
import { createPageTheme } from "#shared/picture/page/page-theme.ts";
import { loadLetters } from "../../bench/telling/charts/live/plot.ts";
import { createCharts } from "./charts.ts";
import { toggleCountdown } from "./countdown.ts";
import { createReplays } from "./replays.ts";
import type { Replays } from "./replays.ts";
import { createView, focusLines } from "./view.ts";

const deck = new Reveal({
  width: 1600,
  height: 900,
  margin: 0,
  center: false,
  display: "flex",
  hash: true,
  controls: false,
  slideNumber: "c/t",
  // Each slide has its own time, but without this one the presenter view shows none of them.
  defaultTiming: 60,
  transition: "none",
  backgroundTransition: "none",
  pdfSeparateFragments: false,
  pdfMaxPagesPerSlide: 1,
  // Otherwise a narrow window would turn the deck into a page to scroll.
  scrollActivationWidth: 0,
  plugins: [Notes],
});
const isPrinted = /print-pdf/.test(location.search);
// A preview in the presenter view.
const isPreview = /receiver/.test(location.search);
const theme = createPageTheme(isPrinted);
const view = createView();
const charts = createCharts(theme.current, view.shownOn);
let replays: Replays;

// A picture is drawn in its visible size, so only while it is visible.
function redraw(): void {
  if (isPrinted || deck.isOverview()) {
    replays.show(undefined);
    charts.drawAll();
    replays.drawAll();
  } else {
    replays.show(deck.getCurrentSlide());
    charts.draw(deck.getCurrentSlide());
  }
}

start().catch((error: unknown) => {
  document.body.dataset["failed"] = String(error);
  throw error;
});

async function start(): Promise<void> {
  const laidOut = new Promise<void>((resolve) =>
    isPrinted ? deck.on("pdf-ready", () => resolve()) : resolve(),
  );
  replays = await createReplays({
    theme: theme.current,
    shownOn: view.shownOn,
    mode: isPrinted ? "paper" : isPreview ? "preview" : "stage",
  });
  await deck.initialize();
  await laidOut;
  await loadLetters();
  for (const event of [
    "slidechanged",
    "fragmentshown",
    "fragmenthidden",
    "resize",
    "overviewshown",
    "overviewhidden",
  ]) {
    deck.on(event, () => {
      focusLines(deck.getCurrentSlide(), isPrinted);
      redraw();
    });
  }
  theme.onChange(redraw);
  deck.addKeyBinding({ keyCode: 82, key: "R", description: "My figures, or the reference's" }, () => {
    view.toggle();
    redraw();
  });
  deck.addKeyBinding({ keyCode: 68, key: "D", description: "Light or dark" }, theme.toggle);
  deck.addKeyBinding({ keyCode: 84, key: "T", description: "Countdown, replay: start, pause" }, () => {
    toggleCountdown(deck.getCurrentSlide());
    replays.toggle();
    passOn(84);
  });
  deck.addKeyBinding({ keyCode: 77, key: "M", description: "Replay: the next moment with a name" }, () => {
    replays.next();
    passOn(77);
  });
  focusLines(deck.getCurrentSlide(), isPrinted);
  redraw();
  document.body.dataset["ready"] = "true";
}

/** Hands a key from the presenter view's preview to the deck on the screen. */
function passOn(keyCode: number): void {
  if (isPreview) {
    const stage = window.parent.opener as Window | null;
    stage?.postMessage(JSON.stringify({ method: "triggerKey", args: [keyCode] }), "*");
  }
}
