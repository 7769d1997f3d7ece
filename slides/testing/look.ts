import type { Page } from "playwright-core";

/** What is wrong with the layout of the visible slide. Empty if all is well. */
export function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const section = document.querySelector<HTMLElement>(".slides > section.present");
    if (section === null) {
      return ["no slide is shown"];
    }
    const faults: string[] = [];
    const { left, right, top, bottom } = section.getBoundingClientRect();
    const source = section.querySelector(".source")?.getBoundingClientRect();
    const heading = section.querySelector("h1, h2")?.getBoundingClientRect();
    const isHidden = (heading?.height ?? 0) < 3;
    for (const element of section.querySelectorAll<HTMLElement>(".body *")) {
      const box = element.getBoundingClientRect();
      const words = (element.textContent ?? "").trim().slice(0, 30);
      if (box.width === 0 || element.closest("marker, pattern, .focus, .tip, .ring, [hidden]") !== null) {
        continue;
      }
      if (box.left < left - 1 || box.right > right + 1 || box.top < top - 1 || box.bottom > bottom + 1) {
        faults.push(`<${element.tagName}> "${words}" leaves the slide`);
      }
      if (
        source &&
        element.matches("p, li, table, pre, figure, .big, canvas, text") &&
        box.bottom > source.top + 1
      ) {
        faults.push(`<${element.tagName}> "${words}" lies on the source line`);
      }
      if (
        heading &&
        !isHidden &&
        element.matches("p, li, table, figure, .big, text") &&
        box.top < heading.bottom - 1
      ) {
        faults.push(`<${element.tagName}> "${words}" lies on the title`);
      }
      const { overflowX } = getComputedStyle(element);
      if (element.matches("pre") && overflowX === "hidden" && element.scrollWidth > element.clientWidth + 1) {
        faults.push(`"${words}" is cut off`);
      }
    }
    for (const canvas of section.querySelectorAll("canvas")) {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      const colours = new Set<string>();
      for (let at = 0; at < data.length; at += 4 * 101) {
        colours.add(`${data[at]} ${data[at + 1]} ${data[at + 2]}`);
      }
      if (colours.size < 5) {
        faults.push(`the chart ${canvas.dataset["picture"]} has ${colours.size} colours: it is not drawn`);
      }
    }
    return faults;
  });
}

/** The number of the visible slide, from 1. */
export const slideNumber = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      [...document.querySelectorAll(".slides > section")].findIndex((each) => each.matches(".present")) + 1,
  );
