import { expect, it } from "vitest";
import { diffPage } from "./diff-page.ts";

it("shows each line with its sign and its numbers, and escapes the code", () => {
  const page = diffPage(
    "From <03> to 04",
    [
      {
        file: "api.ts",
        kind: "changed",
        hunks: [{ oldStart: 4, newStart: 7, lines: [" same();", "-old<T>();", "+a && b();"] }],
      },
      { file: "worker.ts", kind: "removed", hunks: [{ oldStart: 1, newStart: 1, lines: ["-work();"] }] },
    ],
    "3 lines differ",
  );

  const rows = [...page.matchAll(/<tr class="(\w+)">(.*?)<\/tr>/g)].map(([, kind, cells = ""]) => [
    kind,
    ...cells
      .replaceAll(/<\/?code>/g, "")
      .split(/<\/?td[^>]*>/)
      .filter((_, at) => at % 2 === 1),
  ]);
  expect(rows).toEqual([
    ["same", "4", "7", " ", "same();"],
    ["removed", "5", "", "-", "old&lt;T&gt;();"],
    ["added", "", "8", "+", "a &amp;&amp; b();"],
    ["removed", "1", "", "-", "work();"],
  ]);
  expect(page).toContain("<h1>From &lt;03&gt; to 04</h1>");
  expect(page).toContain("<h2>worker.ts <small>removed</small></h2>");
  expect(page).not.toMatch(/https?:|<script/);
});

it("says if nothing differs", () => {
  expect(diffPage("From a to b", [], "0 lines")).toContain("Nothing differs.");
});
