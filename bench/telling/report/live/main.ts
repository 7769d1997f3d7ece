// Draws the report's pictures in its own page, by the code that draws the files. `report.ts` puts it into report.html.
import type { Results } from "#shared/results.ts";
import { viewOf } from "../../../figures/view.ts";
import { picturesOf } from "../../charts/pictures.ts";
import { darkTheme, font, lightTheme } from "../../charts/drawing/theme.ts";
import type { Theme } from "../../charts/drawing/theme.ts";
import { createPlot } from "../../charts/live/plot.ts";

const results = JSON.parse(document.querySelector("#results")?.textContent ?? "") as Results;

offerDownload();
drawAll().catch((error: unknown) => {
  showDrawn(`The pictures are those of the files, since none can be drawn here: ${String(error)}`);
});

async function drawAll(): Promise<void> {
  // A canvas doesn't wait for its letters: they must be there before it draws.
  await Promise.all(([400, 600, 700] as const).map((weight) => document.fonts.load(font(20, weight))));
  const pictures = picturesOf(viewOf(results));
  const plots = [...document.querySelectorAll<HTMLCanvasElement>("canvas[data-picture]")].flatMap(
    (canvas) => {
      const picture = pictures.find(({ name }) => name === canvas.dataset["picture"]);
      return picture === undefined ? [] : [createPlot(canvas, picture)];
    },
  );
  switchTheme(document.querySelector<HTMLButtonElement>("#theme"), (theme) => {
    for (const plot of plots) {
      plot.draw(theme);
    }
  });
  document.querySelector("#pointing")?.removeAttribute("hidden");
  const fit = () => {
    for (const plot of plots) {
      plot.fit();
    }
  };
  new ResizeObserver(fit).observe(document.documentElement);
  // Another screen may have another number of pixels, though the page is as wide as before.
  window.addEventListener("resize", fit);
}

/** The pictures as files, which are there for browsers without scripts. */
function showDrawn(why: string): void {
  for (const plot of document.querySelectorAll(".plot")) {
    plot.innerHTML = plot.parentElement?.querySelector("noscript")?.textContent ?? "";
  }
  const line = document.createElement("p");
  line.className = "warning";
  line.textContent = why;
  document.querySelector("header")?.append(line);
}

/** The results are in the page already: a link to them needs no other file. */
function offerDownload(): void {
  const link = document.querySelector<HTMLAnchorElement>("#download");
  if (link !== null) {
    const json = new Blob([JSON.stringify(results, null, 2)], { type: "application/json" });
    link.href = URL.createObjectURL(json);
    link.hidden = false;
  }
}

/** Calls `use` with the page's theme, now and when it changes: by the system, or by the button, which then decides. */
function switchTheme(button: HTMLButtonElement | null, use: (theme: Theme) => void): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen: boolean | undefined;

  const show = () => {
    const isDark = chosen ?? system.matches;
    if (chosen !== undefined) {
      document.documentElement.dataset["theme"] = chosen ? "dark" : "light";
    }
    if (button !== null) {
      button.textContent = isDark ? "Light" : "Dark";
      button.setAttribute("aria-label", `Show the page in ${isDark ? "light" : "dark"} colours`);
      button.hidden = false;
    }
    use(isDark ? darkTheme : lightTheme);
  };
  system.addEventListener("change", show);
  button?.addEventListener("click", () => {
    chosen = !(chosen ?? system.matches);
    show();
  });
  show();
}
