// What surrounds the pictures: small controls, and the texts below them.
import type { Happening } from "#shared/tracing/happenings/happening.ts";
import type { ReplayPanel } from "../replay-data.ts";
import type { Timeline } from "../scene/timeline.ts";
import { darkTheme } from "../theme.ts";
import { button, element, say, seconds } from "./element.ts";
import type { PageTheme } from "./page-theme.ts";

/** Switches the page's colours. Its label names the colours that it switches to. */
export function themeButton(theme: PageTheme): HTMLElement {
  const other = button("Dark", { class: "theme" }, theme.toggle);
  const name = () => say(other, theme.current() === darkTheme ? "Light" : "Dark");
  theme.onChange(name);
  name();
  return other;
}

/** One of several speeds. */
export function speedChoice(
  speeds: readonly number[],
  chosen: number,
  onChoose: (speed: number) => void,
): HTMLElement {
  const choice = element("fieldset", { class: "speeds" }, element("legend", {}, "speed"));
  for (const speed of speeds) {
    const input = element("input", { type: "radio", name: "speed", value: speed, checked: speed === chosen });
    input.addEventListener("change", () => onChoose(speed));
    choice.append(element("label", {}, input, element("span", {}, String(speed))));
  }
  return choice;
}

/** Opens a customer's story by name, without a mouse. */
export function storySearch(onSearch: (name: string) => void): HTMLElement {
  const input = element("input", { type: "text", size: 6, placeholder: "c-31", "aria-label": "Customer" });
  const form = element(
    "form",
    { class: "find" },
    element("label", {}, "story of ", input),
    button("Show", {}, () => form.requestSubmit()),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSearch(input.value);
  });
  return form;
}

interface Told {
  data: ReplayPanel;
  timeline: Timeline;
  happenings: readonly Happening[];
}

/** What happened, chapter by chapter. Each sentence links to its moment. */
export function happened(
  chapters: readonly Told[],
  onGo: (atMs: number, macAddress: string | undefined) => void,
): HTMLElement {
  const columns = chapters.map(({ happenings, data, timeline }) => {
    const list = element("ol", {});
    for (const { atMs, text, eventId = "" } of happenings) {
      const go = () => onGo(atMs, timeline.last.devices.get(eventId));
      const jump = button(seconds(atMs), { class: "moment", "aria-label": `Go to ${seconds(atMs)}` }, go);
      list.append(element("li", {}, jump, element("div", {}, text)));
    }
    return element("section", {}, element("h3", {}, data.title), list);
  });
  return element(
    "section",
    { class: "happened", "aria-label": "What happened" },
    element("h2", {}, "What happened"),
    element("div", { class: "columns" }, ...columns),
  );
}

/** What each shape means. */
export function legend(): HTMLElement {
  const entries = [
    ["dot message", "a message that waits"],
    ["ring message", "hidden; the ring shrinks until it shows again"],
    ["dot work", "in work"],
    ["diamond message", "a second copy"],
    ["cross", "lost"],
    ["bars", "provisioned twice"],
    ["line", "a lease that runs"],
  ] as const;
  return element(
    "ul",
    { class: "legend", "aria-label": "What the marks mean" },
    ...entries.map(([look, words]) => element("li", {}, element("i", { class: look }), words)),
  );
}
