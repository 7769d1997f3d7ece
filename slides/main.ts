// `npm run slides 90` builds the deck and serves it on this machine. Each load of the page builds it again, so a reload shows what was
// measured in the room five minutes ago.
import { onStopSignal, runCommand, wrap } from "#shared/command.ts";
import { deckLines, readDeckCommand } from "./command.ts";
import { serveDeck } from "./deck-server.ts";
import { buildDeck } from "./deck.ts";

runCommand(async (argv, env) => {
  const { port, ...options } = readDeckCommand("npm run slides", argv, env);
  const first = buildDeck(options);
  const server = await serveDeck({
    port,
    build: () => Promise.resolve(buildDeck(options).html),
    onError: (message) => console.error(wrap(`The page shows the deck as it was: ${message}`)),
  });
  const lines = [
    ...deckLines(first, options.length),
    "",
    `Open ${server.url}`,
    "",
    "  arrows  forth and back          S  presenter view, with the notes",
    "  R       the reference's figures  O  overview",
    "  D       light or dark            T  countdown of an exercise, or a replay",
    "  M       a replay's next moment   ?  all keys",
    "  Ctrl+C here ends it",
  ];
  console.log(lines.join("\n"));
  const goOn = onStopSignal(() => {
    // A second one ends it at once.
    goOn();
    void server.close();
  });
});
