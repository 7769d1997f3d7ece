// One cell per activation, in the order of the requests: what its ticket says, and what became of it.
import type { Activation, Scene } from "../scene/scene.ts";
import type { Theme } from "../theme.ts";
import type { Box } from "./layout.ts";

export interface Cell extends Box {
  activation: Activation;
}

// In a long run, older ones show in the counts only.
const mostCells = 480;

/** The cells of the newest activations, in as many rows as they need. */
export function cellsOf({ activations }: Scene, box: Box, unit: number, expected: number): Cell[] {
  const shown = [...activations.values()]
    .filter(({ asked }) => asked !== undefined)
    .toSorted((left, right) => (left.asked?.place ?? 0) - (right.asked?.place ?? 0))
    .slice(-mostCells);
  // If the final number is known, each gets its final place at once.
  const amount = Math.max(shown.length, Math.min(expected, mostCells), 1);
  const tall = box.height;
  let rows = 1;
  while (
    rows < 6 &&
    box.width / Math.ceil(amount / rows) < (0.5 * tall) / rows &&
    box.width / Math.ceil(amount / rows) < 0.62 * unit
  ) {
    rows += 1;
  }
  const columns = Math.ceil(amount / rows);
  const width = Math.min(box.width / columns, 0.9 * unit);
  const height = Math.min(tall / rows, 1.5 * unit);
  return shown.map((activation, at) => ({
    activation,
    x: box.x + (at % columns) * width,
    y: box.y + Math.floor(at / columns) * height,
    width,
    height,
  }));
}

/** Filled according to its progress: outline, half, full. A loss is a cross, a device provisioned twice has two bars. */
export function drawCell(
  context: CanvasRenderingContext2D,
  cell: Cell,
  theme: Theme,
  { atMs, isWhole }: { atMs: number; isWhole: boolean },
): void {
  const { activation } = cell;
  const gap = Math.max(0.5, cell.width * 0.12);
  const foot = cell.height * 0.3;
  const [x, y, width, height] = [cell.x + gap, cell.y, cell.width - 2 * gap, cell.height - foot];
  const { fate, at, provisioned, lease } = activation;
  if ((fate === "lost" && isWhole) || fate === "error") {
    drawCross(context, { x, y, width, height }, fate === "lost" ? theme.alarm : theme.quiet);
  } else if (provisioned > 1) {
    const bar = width * 0.36;
    fillRect(context, { x, y, width: bar, height }, theme.alarm);
    fillRect(context, { x: x + width - bar, y, width: bar, height }, theme.alarm);
  } else if (fate === "works") {
    fillRect(context, { x, y, width, height }, theme.works);
  } else if (fate === "gaveUp" || fate === "setAside") {
    outline(context, { x, y, width, height }, theme.quiet);
    fillRect(context, { x, y: y + height * 0.42, width, height: height * 0.16 }, theme.quiet);
  } else if (at.status === "provisioning") {
    outline(context, { x, y, width, height }, theme.works);
    fillRect(context, { x, y: y + height / 2, width, height: height / 2 }, theme.works);
  } else {
    fillRect(context, { x, y, width, height }, theme.between);
  }
  if (lease !== undefined && lease.endsAtMs > atMs) {
    const left = (lease.endsAtMs - atMs) / Math.max(1, lease.endsAtMs - lease.fromMs);
    fillRect(
      context,
      { x, y: y + height + foot * 0.2, width: width * left, height: Math.max(1, foot * 0.35) },
      theme.text,
    );
  }
}

function fillRect(context: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
}

function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, Math.max(0.5, width - 1), Math.max(0.5, height - 1));
}

export function drawCross(context: CanvasRenderingContext2D, box: Box, colour: string): void {
  const size = Math.min(box.width, box.height);
  const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2];
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, size * 0.3);
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(middleX - size * 0.4, middleY - size * 0.4);
  context.lineTo(middleX + size * 0.4, middleY + size * 0.4);
  context.moveTo(middleX + size * 0.4, middleY - size * 0.4);
  context.lineTo(middleX - size * 0.4, middleY + size * 0.4);
  context.stroke();
}
