/** A terminal to write to. Only a real one has `columns`. */
interface ProgressScreen {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

interface Step {
  name: string;
  /** How long it usually takes. */
  seconds: number;
}

export interface Progress {
  begin: (step: number) => void;
  /** What the step is doing now. */
  stage: (text: string) => void;
  /** Prints a line that stays. */
  say: (line: string) => void;
  end: () => void;
}

/** One line that shows how far it is and how long it will take. Without a terminal, a line per step. */
export function createProgress(steps: readonly Step[], screen: ProgressScreen): Progress {
  let current = 0;
  let stage = "";
  let stepBeganAtMs = performance.now();

  const secondsLeft = () => {
    const spent = (performance.now() - stepBeganAtMs) / 1_000;
    const later = steps.slice(current + 1).reduce((sum, { seconds }) => sum + seconds, 0);
    return later + Math.max((steps[current]?.seconds ?? 0) - spent, 0);
  };
  const text = () => `[${current + 1}/${steps.length}] ${steps[current]?.name ?? ""}`;
  const draw = () => {
    if (screen.isTTY === true) {
      const line = `${text()}: ${stage} (${timeLeft(secondsLeft())} left)`;
      screen.write(`\r\u001b[2K${line.slice(0, (screen.columns ?? 80) - 1)}`);
    }
  };
  const clear = () => screen.isTTY === true && screen.write("\r\u001b[2K");
  const timer = screen.isTTY === true ? setInterval(draw, 1_000) : undefined;

  return {
    begin: (step) => {
      current = step;
      stage = "starting";
      stepBeganAtMs = performance.now();
      if (screen.isTTY === true) {
        draw();
      } else {
        screen.write(`${text()} (${timeLeft(secondsLeft())} left)\n`);
      }
    },
    stage: (now) => {
      stage = now;
      draw();
    },
    say: (line) => {
      clear();
      screen.write(`${line}\n`);
      draw();
    },
    end: () => {
      clearInterval(timer);
      clear();
    },
  };
}

function timeLeft(seconds: number): string {
  const rounded = Math.ceil(seconds / 5) * 5;
  const minutes = Math.floor(rounded / 60);
  return minutes === 0
    ? `about ${rounded} s`
    : `about ${minutes} min ${String(rounded % 60).padStart(2, "0")} s`;
}
