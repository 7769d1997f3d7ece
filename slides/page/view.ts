export type Whose = "own" | "reference";

/** Whose figures the deck shows: one's own, or for all slides the reference's. */
export interface View {
  toggle: () => void;
  /** Whose figures an element of a slide shows; a slide may have a reason to show the reference's in both views. */
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
