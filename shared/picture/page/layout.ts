// Where the stations are. All lengths are in pixels of the page. `unit` is the page's font size, so a larger screen shows the same
// picture, larger.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Spot {
  x: number;
  y: number;
}

export type StationName =
  | "customers"
  | "api"
  | "queue"
  | "works"
  | "vendor"
  | "setAside"
  | "lost"
  | "tickets";

export interface Layout {
  unit: number;
  width: number;
  height: number;
  boxes: Record<StationName, Box>;
  isNarrow: boolean;
}

// In units: the columns of a wide picture, and the rows of a narrow one.
const wide = {
  width: 58,
  top: 2,
  tall: 6.6,
  columns: { customers: [0, 6.5], api: [9.5, 6], queue: [19, 10], works: [32.5, 11.5], vendor: [47.5, 10.5] },
  below: 10.2,
  height: 13.2,
} as const;
// The least width at which the stations fit side by side.
const leastWide = 40;

export function layoutOf(width: number, unit: number): Layout {
  return width >= leastWide * unit ? wideLayout(width, unit) : narrowLayout(width, unit);
}

function wideLayout(width: number, unit: number): Layout {
  const stretch = width / (wide.width * unit);
  const column = (name: keyof typeof wide.columns): Box => {
    const [x, columnWidth] = wide.columns[name];
    return {
      x: x * unit * stretch,
      y: wide.top * unit,
      width: columnWidth * unit * stretch,
      height: wide.tall * unit,
    };
  };
  const [customers, api, queue, works, vendor] = (
    ["customers", "api", "queue", "works", "vendor"] as const
  ).map(column) as [Box, Box, Box, Box, Box];
  const below = wide.below * unit;
  return {
    unit,
    width,
    height: wide.height * unit,
    isNarrow: false,
    boxes: {
      customers,
      api,
      queue,
      works,
      vendor,
      setAside: { x: queue.x, y: below, width: queue.width, height: 1.7 * unit },
      lost: { x: customers.x, y: below, width: api.x + api.width - customers.x, height: 1.7 * unit },
      // Their name is to the left of them.
      tickets: {
        x: works.x + 3.8 * unit,
        y: below + 0.3 * unit,
        width: width - works.x - 3.8 * unit,
        height: 2.6 * unit,
      },
    },
  };
}

/** On a phone: two rows of stations, and the tickets below them. */
function narrowLayout(width: number, unit: number): Layout {
  const gap = 1.2 * unit;
  const row = (y: number, shares: readonly number[], height: number): Box[] => {
    const room = width - gap * (shares.length - 1);
    const whole = shares.reduce((sum, share) => sum + share, 0);
    let x = 0;
    return shares.map((share) => {
      const box = { x, y: y * unit, width: (room * share) / whole, height: height * unit };
      x += box.width + gap;
      return box;
    });
  };
  const [customers, api, queue] = row(1.8, [5, 6, 9], 5.4) as [Box, Box, Box];
  const [works, vendor] = row(11, [1, 1], 5.4) as [Box, Box];
  return {
    unit,
    width,
    height: 25.2 * unit,
    isNarrow: true,
    boxes: {
      customers,
      api,
      queue,
      works,
      vendor,
      setAside: { x: 0, y: 18.3 * unit, width: width * 0.45, height: 1.7 * unit },
      lost: { x: width * 0.55, y: 18.3 * unit, width: width * 0.45, height: 1.7 * unit },
      tickets: { x: 0, y: 22.8 * unit, width, height: 2.4 * unit },
    },
  };
}

/** The line from one station to the next, as points: straight if they are side by side, otherwise through the gap between the rows. */
export function wayBetween(from: Box, to: Box): Spot[] {
  const [fromY, toY] = [from.y + from.height / 2, to.y + to.height / 2];
  if (Math.abs(fromY - toY) < 1) {
    return [
      { x: from.x + from.width, y: fromY },
      { x: to.x, y: toY },
    ];
  }
  const [fromX, toX] = [from.x + from.width / 2, to.x + to.width / 2];
  const turn = from.y + from.height + (to.y - from.y - from.height) * 0.45;
  return [
    { x: fromX, y: from.y + from.height },
    { x: fromX, y: turn },
    { x: toX, y: turn },
    { x: toX, y: to.y },
  ];
}

/** A grid of places in a box, as large as possible but at most `largest` apart. */
export function gridIn(
  box: Box,
  count: number,
  largest: number,
): { at: (place: number) => Spot; cell: number } {
  let cell = Math.min(largest, box.width, box.height);
  const fits = () => Math.floor(box.width / cell) * Math.floor(box.height / cell) >= count;
  while (!fits() && cell > 1) {
    cell *= 0.94;
  }
  const columns = Math.max(1, Math.floor(box.width / cell));
  const left = box.x + (box.width - columns * cell) / 2;
  return {
    cell,
    at: (place) => ({
      x: left + ((place % columns) + 0.5) * cell,
      y: box.y + (Math.floor(place / columns) + 0.5) * cell,
    }),
  };
}

/** A box without its margin. */
export const inside = ({ x, y, width, height }: Box, margin: number): Box => ({
  x: x + margin,
  y: y + margin,
  width: Math.max(1, width - 2 * margin),
  height: Math.max(1, height - 2 * margin),
});
