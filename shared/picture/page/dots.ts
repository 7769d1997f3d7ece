// Draws the dots of one picture on its canvas, and lets them glide from station to station.
import type { Parts } from "../scene/parts.ts";
import type { Scene } from "../scene/scene.ts";
import { font } from "../theme.ts";
import type { Theme } from "../theme.ts";
import type { Layout, Spot } from "./layout.ts";
import { marksOf, stationPlaces } from "./marks.ts";
import type { Dot, Look, Marks, Pile } from "./marks.ts";
import { cellsOf, drawCell, drawCross } from "./tickets.ts";
import type { Cell } from "./tickets.ts";

/** What a frame shows. */
export interface Frame {
  scene: Scene;
  atMs: number;
  layout: Layout;
  parts: Parts;
  isWhole: boolean;
  theme: Theme;
  /** How fast the trace's time runs. */
  speed: number;
  /** Without it every dot jumps to its place. */
  glides: boolean;
  /** How many activations there will be. */
  expected: number;
  selected: string | undefined;
}

interface Shown {
  dot: Dot;
  x: number;
  y: number;
}

/** A dot that is leaving the picture. */
interface Ghost extends Spot {
  look: Look;
  radius: number;
  to: Spot;
  untilMs: number;
  fromMs: number;
}

// In real time, so that a glide looks the same at every speed.
const glideMs = 90;
const ghostMs = 450;
const markMs = 1_300;
const reach = 14;

export class DotCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #places = stationPlaces();
  readonly #shown = new Map<string, Shown>();
  #ghosts: Ghost[] = [];
  #cells: Cell[] = [];
  #drawnAtMs = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** After a jump in time nothing glides: everything is new. */
  leap(): void {
    this.#shown.clear();
    this.#ghosts = [];
    Object.values(this.#places).forEach((places) => places.forget());
  }

  /** The device at this spot of the canvas. */
  deviceAt({ x, y }: Spot): string | undefined {
    const cell = this.#cells.find(
      (each) => x >= each.x && x < each.x + each.width && y >= each.y && y < each.y + each.height,
    );
    const distance = (shown: Shown) => Math.hypot(shown.x - x, shown.y - y);
    const [nearest] = [...this.#shown.values()].toSorted((left, right) => distance(left) - distance(right));
    return (
      cell?.activation.macAddress ??
      (nearest && distance(nearest) < reach ? nearest.dot.macAddress : undefined)
    );
  }

  /** Draws the moment and returns what it drew, for the texts. `isStill`: nothing glides any more. */
  draw(frame: Frame): { marks: Marks; isStill: boolean } {
    const nowMs = performance.now();
    const passedMs = Math.min(100, nowMs - this.#drawnAtMs);
    this.#drawnAtMs = nowMs;
    const { scene, atMs, layout, parts, isWhole, theme, speed } = frame;
    const context = this.#fit(layout);
    const marks = marksOf({
      scene,
      atMs,
      layout,
      parts,
      isWhole,
      places: this.#places,
      endedForMs: markMs * speed,
    });
    this.#cells = parts.hasTickets ? cellsOf(scene, layout.boxes.tickets, layout.unit, frame.expected) : [];
    this.#cells.forEach((cell) => drawCell(context, cell, theme, { atMs, isWhole }));
    drawSlots(context, marks, theme);
    this.#follow(marks.dots, frame, nowMs);
    const isStill = this.#glide(passedMs, frame.glides);
    this.#drawGhosts(context, theme, nowMs);
    drawAll(context, [...this.#shown.values()], theme);
    marks.piles.forEach((pile) => drawPile(context, pile, theme, layout.unit));
    this.#drawMarks(context, marks, frame);
    this.#drawSelected(context, frame);
    return { marks, isStill: isStill && this.#ghosts.length === 0 };
  }

  #fit({ width, height }: Layout): CanvasRenderingContext2D {
    const canvas = this.#canvas;
    // reveal.js scales a slide after its layout.
    const scale = canvas.getBoundingClientRect().width / width;
    const density = Math.min(2, Math.max(1, (devicePixelRatio || 1) * (scale || 1)));
    const [wide, high] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.width !== wide || canvas.height !== high) {
      Object.assign(canvas, { width: wide, height: high });
    }
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  #follow(dots: readonly Dot[], { scene, layout, glides }: Frame, nowMs: number): void {
    const here = new Set<string>();
    const isNew = this.#shown.size === 0;
    for (const dot of dots) {
      here.add(dot.key);
      const known = this.#shown.get(dot.key);
      if (known === undefined) {
        const from = !glides || isNew ? dot : (this.#whereWas(dot) ?? dot.from ?? dot);
        this.#shown.set(dot.key, { dot, x: from.x, y: from.y });
      } else {
        known.dot = dot;
      }
    }
    for (const [key, { dot, x, y }] of this.#shown) {
      if (!here.has(key)) {
        this.#shown.delete(key);
        if (glides) {
          this.#ghosts.push(this.#ghostOf(dot, { x, y }, scene, layout, nowMs));
        }
      }
    }
  }

  /** A lost activation disappears from where it was last seen. */
  #whereWas({ look, macAddress }: Dot): Spot | undefined {
    return look === "lost"
      ? [...this.#shown.values()].find(({ dot }) => dot.macAddress === macAddress && dot.look !== "call")
      : undefined;
  }

  /** An answer goes back to its customer, a finished message to its ticket. */
  #ghostOf(dot: Dot, at: Spot, scene: Scene, layout: Layout, nowMs: number): Ghost {
    const activation = scene.activations.get(dot.macAddress);
    const ghost = {
      ...at,
      radius: dot.radius,
      look: dot.look,
      fromMs: nowMs,
      untilMs: nowMs + ghostMs,
      to: at,
    };
    if (
      dot.look === "call" ||
      dot.look === "callerGone" ||
      dot.look === "inLine" ||
      dot.look === "customer"
    ) {
      return { ...ghost, untilMs: nowMs + ghostMs / 2 };
    }
    if (activation?.fate === "lost") {
      // Its cross replaces it.
      return { ...ghost, untilMs: nowMs };
    }
    if (dot.look === "request") {
      const { customers } = layout.boxes;
      return {
        ...ghost,
        to: { x: customers.x + customers.width / 2, y: customers.y + customers.height / 2 },
      };
    }
    const cell = this.#cells.find((each) => each.activation === activation);
    return cell === undefined ? ghost : { ...ghost, to: { x: cell.x + cell.width / 2, y: cell.y } };
  }

  #glide(passedMs: number, glides: boolean): boolean {
    const share = glides ? 1 - Math.exp(-passedMs / glideMs) : 1;
    let isStill = true;
    for (const shown of this.#shown.values()) {
      const { x, y } = shown.dot;
      shown.x += (x - shown.x) * share;
      shown.y += (y - shown.y) * share;
      isStill &&= Math.hypot(x - shown.x, y - shown.y) < 0.3;
    }
    return isStill;
  }

  #drawGhosts(context: CanvasRenderingContext2D, theme: Theme, nowMs: number): void {
    this.#ghosts = this.#ghosts.filter(({ untilMs }) => untilMs > nowMs);
    for (const { x, y, to, look, radius, fromMs, untilMs } of this.#ghosts) {
      const share = (nowMs - fromMs) / (untilMs - fromMs);
      const eased = 1 - (1 - share) ** 3;
      context.globalAlpha = Math.min(1, 2 * (1 - share));
      const at = { x: x + (to.x - x) * eased, y: y + (to.y - y) * eased };
      drawDot(context, { ...at, look, radius }, theme);
    }
    context.globalAlpha = 1;
  }

  /** Failed calls and second provisionings, shown long enough to be noticed. */
  #drawMarks(
    context: CanvasRenderingContext2D,
    { slots }: Marks,
    { scene, atMs, theme, speed }: Frame,
  ): void {
    const taken = new Set([...scene.calls.values()].map(({ slot }) => slot));
    for (const { kind, slot, atMs: markedAtMs } of scene.marks) {
      const spot = slots.spots[slot ?? -1];
      const age = (atMs - markedAtMs) / speed;
      if (spot === undefined || age < 0 || age > (kind === "twice" ? markMs : ghostMs)) {
        continue;
      }
      const { radius } = slots;
      if (kind === "callFailed" && !taken.has(slot)) {
        const size = 1.7 * radius;
        drawCross(
          context,
          { x: spot.x - size / 2, y: spot.y - size / 2, width: size, height: size },
          theme.quiet,
        );
      } else if (kind === "twice") {
        context.fillStyle = theme.background;
        context.strokeStyle = theme.alarm;
        context.lineWidth = 2;
        context.beginPath();
        context.arc(spot.x, spot.y, 1.7 * radius, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
        context.fillStyle = theme.alarm;
        context.font = font(Math.round(1.8 * radius), 700);
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.fillText("2×", spot.x, spot.y);
      }
    }
  }

  #drawSelected(context: CanvasRenderingContext2D, { selected, theme }: Frame): void {
    context.strokeStyle = theme.text;
    context.lineWidth = 2.5;
    for (const { dot, x, y } of this.#shown.values()) {
      if (dot.macAddress === selected) {
        context.beginPath();
        context.arc(x, y, dot.radius + 4, 0, 2 * Math.PI);
        context.stroke();
      }
    }
    const cell = this.#cells.find(({ activation }) => activation.macAddress === selected);
    if (cell !== undefined) {
      context.strokeRect(cell.x - 1, cell.y - 3, cell.width + 2, cell.height + 3);
    }
  }
}

/** Dots of one look at a time: a canvas is fastest when it doesn't change its colour. */
function drawAll(context: CanvasRenderingContext2D, shown: readonly Shown[], theme: Theme): void {
  for (const { dot, x, y } of shown) {
    drawDot(context, { x, y, look: dot.look, radius: dot.radius, left: dot.left }, theme);
  }
}

interface Drawn extends Spot {
  look: Look;
  radius: number;
  left?: number | undefined;
}

function drawDot(
  context: CanvasRenderingContext2D,
  { x, y, look, radius, left = 0 }: Drawn,
  theme: Theme,
): void {
  const circle = (size: number) => {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
  };
  const filled = (colour: string, size = radius) => {
    circle(size);
    context.fillStyle = colour;
    context.fill();
  };
  switch (look) {
    case "customer":
      filled(theme.between);
      break;
    case "request":
    case "message":
      filled(theme.answered);
      break;
    case "copy":
      context.fillStyle = theme.answered;
      context.beginPath();
      context.moveTo(x, y - 1.25 * radius);
      context.lineTo(x + 1.25 * radius, y);
      context.lineTo(x, y + 1.25 * radius);
      context.lineTo(x - 1.25 * radius, y);
      context.fill();
      break;
    case "hidden":
      drawHidden(context, { x, y, radius, left }, theme);
      break;
    case "inWork":
    case "call":
      filled(theme.works);
      break;
    case "callerGone":
      context.strokeStyle = theme.works;
      context.lineWidth = Math.max(1.5, radius * 0.35);
      circle(radius * 0.85);
      context.stroke();
      break;
    case "inLine":
      filled(theme.works, radius * 0.8);
      break;
    case "lost":
      drawCross(
        context,
        { x: x - 1.1 * radius, y: y - 1.1 * radius, width: 2.2 * radius, height: 2.2 * radius },
        theme.alarm,
      );
      break;
    case "setAside":
      context.fillStyle = theme.quiet;
      context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      break;
  }
}

/** A ring that shrinks until the message is visible again. */
function drawHidden(
  context: CanvasRenderingContext2D,
  { x, y, radius, left }: { x: number; y: number; radius: number; left: number },
  theme: Theme,
): void {
  context.fillStyle = theme.between;
  context.beginPath();
  context.arc(x, y, radius * 0.6, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = theme.answered;
  context.lineWidth = Math.max(1.5, radius * 0.36);
  context.beginPath();
  context.arc(x, y, radius * 1.2, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, left));
  context.stroke();
}

function drawSlots(context: CanvasRenderingContext2D, { slots }: Marks, theme: Theme): void {
  context.strokeStyle = theme.grid;
  context.lineWidth = 1.5;
  for (const { x, y } of slots.spots) {
    context.beginPath();
    context.arc(x, y, slots.radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

function drawPile(
  context: CanvasRenderingContext2D,
  { x, y, amount, look }: Pile,
  theme: Theme,
  unit: number,
): void {
  const radius = 1.7 * unit;
  for (const lift of [0.5, 0.25, 0]) {
    drawDot(context, { x, y: y + lift * unit, look: look === "hidden" ? "message" : look, radius }, theme);
    context.strokeStyle = theme.background;
    context.lineWidth = 2;
    context.stroke();
  }
  context.fillStyle = theme.background;
  context.font = font(Math.round(1.05 * unit), 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(amount), x, y);
}
