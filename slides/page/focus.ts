/** Lights the lines of the step that is shown, and leaves the others quiet; without a step, and on paper, all are lit. */
export function focusLines(slide: Element | undefined, isPrinted: boolean): void {
  for (const listing of slide?.querySelectorAll(".listing") ?? []) {
    const shown = [...listing.querySelectorAll<HTMLElement>(".focus.visible")].at(-1);
    const lit = isPrinted ? undefined : shown?.dataset["lines"]?.split(" ");
    for (const line of listing.querySelectorAll<HTMLElement>(".line")) {
      line.classList.toggle("quiet", lit !== undefined && !lit.includes(line.dataset["line"] ?? ""));
    }
  }
}
