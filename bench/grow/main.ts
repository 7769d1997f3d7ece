// The design of 08 under more customers than a laptop can send, simulated: `npm run grow`.
import { runCommand } from "#shared/command.ts";
import { agreementLines } from "./agreement.ts";
import { assumptionLines, readWish, usage } from "./assumptions.ts";
import { keepHours } from "./keep.ts";
import { outcomeOf, variants } from "./scenarios.ts";
import type { Outcome } from "./scenarios.ts";
import { header, intro, notes, rowOf, screenOf } from "./table.ts";

const print = (...lines: readonly string[]) => console.log(lines.join("\n"));

runCommand(async (argv, env) => {
  const { assumed, shows, rates } = readWish(argv, env);
  if (shows === "help") {
    print(`Usage: ${usage}`, "", "Each assumption, changed by its word:", ...assumptionLines(assumed));
    return;
  }
  if (shows === "agreement") {
    print(...agreementLines());
    return;
  }
  print(...intro(rates, assumed), "", ...header);
  const outcomes: Outcome[] = [];
  for (const rate of rates) {
    for (const variant of variants) {
      const outcome = outcomeOf(rate, variant, assumed);
      outcomes.push(outcome);
      // As soon as it is known: 10,000 a second can take a minute.
      print(rowOf(outcome));
    }
  }
  print(...screenOf(outcomes).slice(header.length + outcomes.length), "", ...notes(assumed));
  if (shows === "reference") {
    keepHours(outcomes);
    print("", "Kept in bench/reference/grow; `npm run docs` fills it into 08's README.");
  }
});
