// Draws the report's pictures in its own page, with the code that draws the files. `report.ts` puts it into report.html.
import type { Results } from "#shared/results.ts";
import { viewOf } from "../../../figures/view.ts";
import { darkTheme } from "#shared/picture/theme.ts";
import type { Theme } from "#shared/picture/theme.ts";
import { createPageTheme } from "#shared/picture/page/page-theme.ts";
import { createPlot, loadLetters } from "../../charts/live/plot.ts";
import { picturesOf } from "../../charts/pictures.ts";

const results = JSON.parse(document.querySelector("#results")?.textContent ?? "") as Results;

offerDownload();
drawAll().catch((error: unknown) => {
  showDrawn(`The pictures are those of the files, since none can be drawn here: ${String(error)}`);
});

async function drawAll(): Promise<void> {
  await loadLetters();
  const pictures = picturesOf(viewOf(results));
  const plots = [...document.querySelectorAll<HTMLCanvasElement>("canvas[data-picture]")].flatMap(
    (canvas) => {
      const picture = pictures.find(({ name }) => name === canvas.dataset["picture"]);
      return picture === undefined ? [] : [createPlot(canvas, picture)];
    },
  );
  showThemed((theme) => plots.forEach((plot) => plot.draw(theme)));
  document.querySelector("#pointing")?.removeAttribute("hidden");
  const fit = () => plots.forEach((plot) => plot.fit());
  new ResizeObserver(fit).observe(document.documentElement);
  // Another screen may have another pixel density, even if the page is as wide as before.
  window.addEventListener("resize", fit);
}

/** Draws in the page's colours, now and when they change. The button names the other colours. */
function showThemed(draw: (theme: Theme) => void): void {
  const theme = createPageTheme();
  const button = document.querySelector<HTMLButtonElement>("#theme");
  const show = () => {
    if (button !== null) {
      const other = theme.current() === darkTheme ? "Light" : "Dark";
      button.textContent = other;
      button.setAttribute("aria-label", `Show the page in ${other.toLowerCase()} colours`);
      button.hidden = false;
    }
    draw(theme.current());
  };
  theme.onChange(show);
  button?.addEventListener("click", theme.toggle);
  show();
}

/** Shows the pictures drawn as files, which are there for browsers without scripts. */
function showDrawn(why: string): void {
  for (const plot of document.querySelectorAll(".plot")) {
    plot.innerHTML = plot.parentElement?.querySelector("noscript")?.textContent ?? "";
  }
  const line = document.createElement("p");
  line.className = "warning";
  line.textContent = why;
  document.querySelector("header")?.append(line);
}

/** Links to the results that are in the page already, so no other file is needed. */
function offerDownload(): void {
  const link = document.querySelector<HTMLAnchorElement>("#download");
  if (link !== null) {
    const json = new Blob([JSON.stringify(results, null, 2)], { type: "application/json" });
    link.href = URL.createObjectURL(json);
    link.hidden = false;
  }
}
