import { sizeOf } from "../drawing/picture.ts";
import type { Picture, Spot } from "../drawing/picture.ts";

/** Shows the words of what is pointed at, with a mouse, a finger, or the arrow keys. */
export interface Pointer {
  /** What there is to point at, in pixels of the picture. */
  use: (spots: readonly Spot[]) => void;
}

// In pixels of the page: about as far as a finger misses.
const reach = 22;
const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function createPointer(canvas: HTMLCanvasElement, picture: Picture): Pointer {
  const { width, height } = sizeOf(picture);
  const ring = child("div", "ring", canvas);
  const words = child("div", "tip", canvas);
  words.setAttribute("role", "status");
  let spots: readonly Spot[] = [];
  let at = -1;

  const show = (next: number) => {
    at = next;
    const spot = spots[at];
    ring.hidden = spot === undefined;
    words.hidden = spot === undefined;
    if (spot === undefined) {
      return;
    }
    const [x, y] = [spot.x / width, spot.y / height];
    for (const part of [ring, words]) {
      part.style.left = `${x * 100}%`;
      part.style.top = `${y * 100}%`;
    }
    words.textContent = spot.label;
    // Near an edge the words go to the side where there is room.
    words.style.translate = `${-Math.round(x * 100)}% ${y < 0.3 ? "16px" : "calc(-100% - 16px)"}`;
  };
  const follow = ({ offsetX, offsetY }: PointerEvent) => {
    const perPixel = width / canvas.clientWidth;
    show(nearest(spots, { x: offsetX * perPixel, y: offsetY * perPixel }, reach * perPixel));
  };
  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerdown", follow);
  canvas.addEventListener("pointerleave", () => show(-1));
  canvas.addEventListener("blur", () => show(-1));
  canvas.addEventListener("focus", () => {
    // A click is no question for the first of all points.
    if (canvas.matches(":focus-visible")) {
      show(0);
    }
  });
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (event.key === "Escape") {
      show(-1);
    } else if (step !== undefined && spots.length > 0) {
      event.preventDefault();
      show((Math.max(at, step < 0 ? 0 : -1) + step + spots.length) % spots.length);
      ring.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  });
  return {
    use: (newSpots) => {
      spots = newSpots;
      show(spots[at] === undefined ? -1 : at);
    },
  };
}

function child(tag: string, className: string, beside: HTMLElement): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.hidden = true;
  beside.after(element);
  return element;
}

/** The place of the nearest spot within reach, or -1. */
function nearest(spots: readonly Spot[], to: { x: number; y: number }, within: number): number {
  let found = -1;
  let least = within;
  for (const [at, { x, y }] of spots.entries()) {
    const distance = Math.hypot(x - to.x, y - to.y);
    if (distance < least) {
      [found, least] = [at, distance];
    }
  }
  return found;
}
