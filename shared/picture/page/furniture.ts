// What surrounds the pictures: small controls, and the texts below them.
import type { Happening } from "#shared/tracing/happenings/happening.ts";
import { darkTheme } from "../theme.ts";
import { button, element, say, seconds, wordsOf } from "./element.ts";
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

/** Where a sentence leads to. */
interface Lead {
  /** Read aloud in place of its time. */
  label: string;
  go: () => void;
}

interface Column {
  list: HTMLElement;
  note: HTMLElement;
  rows: Map<string, HTMLElement>;
}

/** What happened, chapter by chapter, in sentences that lead somewhere. New ones are marked for a while. */
export class Happened {
  readonly element: HTMLElement;
  readonly #columns: Column[];
  readonly #leadOf: (happening: Happening) => Lead | undefined;

  constructor(titles: readonly string[], leadOf: (happening: Happening) => Lead | undefined) {
    this.#leadOf = leadOf;
    this.#columns = titles.map(() => ({
      list: element("ol", {}),
      note: element("p", { class: "quiet", hidden: true }),
      rows: new Map(),
    }));
    const sections = this.#columns.map(({ list, note }, at) =>
      element("section", {}, element("h3", {}, titles[at] ?? ""), list, note),
    );
    this.element = element(
      "section",
      { class: "happened", "aria-label": "What happened" },
      element("h2", {}, "What happened"),
      element("div", { class: "columns" }, ...sections),
    );
  }

  /** The sentences of one chapter. `note` says what they leave out. */
  show(at: number, happenings: readonly Happening[], note = ""): void {
    const column = this.#columns[at];
    if (column === undefined) {
      return;
    }
    const { list, rows: before } = column;
    const rows = new Map<string, HTMLElement>();
    for (const happening of happenings) {
      // The same sentence with other figures is no news, so its row stays, with the focus that it may have.
      const key = `${Math.round(happening.atMs)} ${happening.text.replaceAll(/\d+/g, "")}`;
      const row = before.get(key) ?? this.#row(happening, before.size > 0);
      say(row.lastElementChild, happening.text);
      rows.set(key, row);
    }
    column.rows = rows;
    const isSame =
      list.children.length === rows.size &&
      [...rows.values()].every((row, place) => list.children[place] === row);
    if (!isSame) {
      const { activeElement: focused } = document;
      list.replaceChildren(...rows.values());
      if (focused instanceof HTMLElement && list.contains(focused)) {
        focused.focus({ preventScroll: true });
      }
    }
    column.note.hidden = note === "";
    say(column.note, note);
  }

  #row(happening: Happening, isNew: boolean): HTMLElement {
    const { atMs, text, isCalm } = happening;
    const lead = this.#leadOf(happening);
    const when =
      lead === undefined
        ? element("span", { class: "moment" }, seconds(atMs))
        : button(seconds(atMs), { class: "moment", "aria-label": lead.label }, lead.go);
    const row = element("li", {}, when, element("div", {}, ...wordsOf(text)));
    if (isNew && isCalm !== true) {
      row.classList.add("new");
      // Otherwise a row that moves would be marked again.
      row.addEventListener("animationend", () => row.classList.remove("new"), { once: true });
    }
    return row;
  }
}

/** The newest sentence until then, with its moment, as a line beside a picture. */
export function sentenceAt(
  happenings: readonly Happening[],
  untilMs: number,
): { sentence: string; isCalm: boolean } {
  const {
    atMs,
    text,
    isCalm = false,
  } = happenings.findLast((each) => each.atMs <= untilMs + 0.05) ?? {
    atMs: 0,
    text: "",
  };
  return {
    sentence: text === "" || isCalm || text.startsWith("At ") ? text : `${seconds(atMs)}: ${text}`,
    isCalm,
  };
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
