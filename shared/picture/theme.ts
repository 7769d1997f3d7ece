/** The colours of a picture. Colour-blind people can tell blue and orange apart, and shape and place differ too. */
export interface Theme {
  background: string;
  text: string;
  /** For explanations, which must not draw attention. */
  quiet: string;
  grid: string;
  /** The clock of the customer's answer. */
  answered: string;
  /** The clock of the working device. */
  works: string;
  /** The time between the two clocks. */
  between: string;
  /** A second way of measuring the same clock. */
  second: string;
  /** Lost, killed. */
  alarm: string;
  /** Behind a time in which the vendor is down, or more customers come than are served. */
  trouble: string;
  /** Behind a figure that is good, that is a price, or that is high. They also differ in lightness. */
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

/** In pixels of a picture 1,600 wide, readable from the back row. */
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
