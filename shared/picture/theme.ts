/** The colours of a picture. Blue and orange are told apart by every kind of eye, and also by shape and place. */
export interface Theme {
  background: string;
  text: string;
  /** For what explains and must not shout. */
  quiet: string;
  grid: string;
  /** The clock that the customer feels. */
  answered: string;
  /** The clock of the device. */
  works: string;
  /** Time between the two clocks. */
  between: string;
  /** A second way of measuring the same clock. */
  second: string;
  /** Lost, killed. */
  alarm: string;
  /** Behind a time in which the vendor is down, or more comes than is done. */
  trouble: string;
  /** Behind a figure that is as good as any, that is a price, and that is a high one: also apart in lightness. */
  good: string;
  price: string;
  highPrice: string;
  onHighPrice: string;
}

export const lightTheme: Theme = {
  background: "#ffffff",
  text: "#16202c",
  quiet: "#56657a",
  grid: "#e3e8ee",
  answered: "#0b4f8a",
  works: "#d8720c",
  between: "#a9c9e8",
  second: "#4d8fc9",
  alarm: "#b3123f",
  trouble: "#f6e3e9",
  good: "#e6f0fa",
  price: "#fbd9ae",
  highPrice: "#a34a00",
  onHighPrice: "#fffdfa",
};

export const darkTheme: Theme = {
  background: "#12181f",
  text: "#edf2f7",
  quiet: "#a3b1c2",
  grid: "#2a3440",
  answered: "#63b3f5",
  works: "#f5a14a",
  between: "#2f5478",
  second: "#9ccbf2",
  alarm: "#ff6f91",
  trouble: "#3a2029",
  good: "#1b2c3e",
  price: "#6b4312",
  highPrice: "#f8b35f",
  onHighPrice: "#1a1206",
};

/** In pixels of a picture 1,600 wide: they can be read from the back row. */
export const sizes = { title: 44, label: 28, note: 23 } as const;
export const fontFamily = "Take a Ticket";
export const size = { width: 1_600, height: 900, side: 60 } as const;

export const font = (pixels: number, weight: 400 | 600 | 700 = 400) =>
  `${weight} ${pixels}px "${fontFamily}"`;

/** The same colours for a page's style sheet: `--text: #16202c; ...`. */
export const cssVariables = (theme: Theme) =>
  Object.entries(theme)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");
