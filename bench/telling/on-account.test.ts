import { describe, expect, it } from "vitest";
import type { Results } from "#shared/results.ts";
import { planOnAccount } from "../plan/plans.ts";
import { drawCharts, renderSvg } from "./charts/draw.ts";
import { lightTheme } from "#shared/picture/theme.ts";
import { pictureOf } from "./charts/pictures.ts";
import { reportHtml } from "./report/report.ts";
import { tableLines } from "./table.ts";
import { viewOf } from "../figures/view.ts";
import { inventedFullResults } from "../testing/invented.ts";

/** Results of a benchmark on an account: the same rows, only the storm's outage as trouble, and a limit that no one reaches. */
function onAccount(): Results {
  const { plans, ...results } = inventedFullResults({ runs: 1, short: true });
  const { day, storm } = plans;
  if (day === undefined || storm === undefined) {
    throw new Error("Expected invented results of a day and a storm");
  }
  const { sweep: _sweep, ...rest } = plans;
  return {
    ...results,
    plans: { ...rest, day: planOnAccount(day), storm: planOnAccount(storm) },
    notes: ["embedded AWS on this machine: not AWS latencies", "08 on AWS: account ...9012"],
  };
}

describe("results from an account", () => {
  const results = onAccount();
  const view = viewOf(results);
  const charts = drawCharts(view);
  const shown = [
    ...tableLines(view, "report.html"),
    ...charts.map(({ svg }) => svg.light),
    reportHtml(view, charts),
  ].join("\n");

  it("mention no trouble that no one caused", () => {
    expect(shown).not.toMatch(/undefined|Infinity|NaN s|Every 0th|\b0 kills|\b0 poison/);
    expect(tableLines(view, "report.html")[0]).toBe("80 customers, no trouble");
    expect(shown).toContain("No message is doubled on order.");
  });

  it("say which row is not from this machine", () => {
    const [, place = ""] = tableLines(view, "report.html");

    expect(place).toContain("not AWS latencies, but for 08 aws");
    expect(tableLines(view, "report.html").every((line) => line.length <= 80)).toBe(true);
  });

  it("show the storm's actual length, not the three minutes that it might have taken", () => {
    const { storm } = results.plans;
    const shorter = {
      ...results,
      plans: { ...results.plans, storm: storm && { ...storm, horizonMs: 90_000 } },
    };
    const draw = (of: Results) => {
      const picture = pictureOf(viewOf(of), "storm");
      return picture && renderSvg(picture, lightTheme);
    };
    const drawn = draw(results);

    expect(drawn).toBeDefined();
    expect(drawn).toBe(draw(shorter));
  });
});
