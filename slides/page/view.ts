export type Whose = "own" | "reference";

/** Whose figures the deck shows: the presenter's own, or the reference's on all slides. */
export interface View {
  toggle: () => void;
  /** Whose figures an element of a slide shows. A slide may have a reason to show the reference's in both views. */
  shownOn: (element: Element) => Whose;
}

export function createView(): View {
  let wanted: Whose = "own";
  const shownOn = (element: Element): Whose =>
    wanted === "own" && element.closest<HTMLElement>("section")?.dataset["ownView"] === "own"
      ? "own"
      : "reference";
  const show = () => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-own]")) {
      const text = element.dataset[element.matches(".source") ? wanted : shownOn(element)] ?? "";
      if (element instanceof HTMLCanvasElement) {
        element.setAttribute("aria-label", text);
      } else {
        element.textContent = text;
      }
    }
    document.documentElement.dataset["view"] = wanted;
  };
  show();
  return {
    shownOn,
    toggle: () => {
      wanted = wanted === "own" ? "reference" : "own";
      show();
    },
  };
}

/** Lights the lines of the current step and dims the others. Without a step, and on paper, all are lit. */
export function focusLines(slide: Element | undefined, isPrinted: boolean): void {
  for (const listing of slide?.querySelectorAll(".listing") ?? []) {
    const shown = [...listing.querySelectorAll<HTMLElement>(".focus.visible")].at(-1);
    const lit = isPrinted ? undefined : shown?.dataset["lines"]?.split(" ");
    for (const line of listing.querySelectorAll<HTMLElement>(".line")) {
      line.classList.toggle("quiet", lit !== undefined && !lit.includes(line.dataset["line"] ?? ""));
    }
  }
}
