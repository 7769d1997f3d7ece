// All commands of this project by purpose: the one list that `npm run help`, the pages and the messages about unknown words use.

/** A word that a command takes, as you type it, and what it does. */
interface Word {
  word: string;
  does: string;
}

/** A command, as users read about it. */
export interface CommandHelp {
  /** As in package.json: "bench:storm". */
  name: string;
  /** The words in order: "[chapters] [runs=3]". Empty if it takes none. */
  takes: string;
  /** What it does, in one line of at most 58 letters. */
  does: string;
  words?: readonly Word[];
  /** Complete commands with explanations. */
  examples?: readonly Word[];
}

/** Commands for one purpose. */
export interface CommandGroup {
  /** Completes "You want to ...". */
  wish: string;
  commands: readonly CommandHelp[];
}

const runs: Word = { word: "runs=3", does: "measures three times: medians and sums, for more certainty" };
const seed: Word = { word: "seed=7", does: "other arrivals, and other delays of the vendor" };
const chapters: Word = { word: "03 07", does: "only these chapters; `mine` is yours, `lab-retries` a lab" };

export const commandGroups: readonly CommandGroup[] = [
  {
    wish: "follow along",
    commands: [
      { name: "doctor", takes: "", does: "checks whether this machine can run the workshop" },
      {
        name: "workshop",
        takes: "",
        does: "the course on one screen; checks your tasks at every save",
      },
      {
        name: "chapter",
        takes: "05 [port=3000] [plain] [stacks] [real-aws] [profile=NAME] [stack=NAME]",
        does: "runs a chapter, with keys and a page that make trouble",
        words: [
          { word: "05", does: "the chapter; `mine` is your copy" },
          { word: "port=3000", does: "the API's port; else any that is free" },
          { word: "plain", does: "lines instead of a screen" },
          { word: "stacks", does: "shows the stack of an error in your code" },
          { word: "real-aws", does: "chapter 08 where you have deployed it; also profile=NAME, stack=NAME" },
        ],
        examples: [
          { word: "npm run chapter 02", does: "press `s` to send a customer, `k` to kill, `q` to quit" },
          { word: "npm run chapter mine", does: "your own version" },
        ],
      },
      {
        name: "live",
        takes: "06 07 [port=3000]",
        does: "runs one or two chapters on a page of moving dots",
        words: [
          { word: "06 07", does: "one or two chapters; `mine` is your copy" },
          { word: "port=3000", does: "the page's port; else any that is free" },
        ],
        examples: [{ word: "npm run live 06 07", does: "press Duplicates and Send, and watch `twice`" }],
      },
      {
        name: "begin",
        takes: "04",
        does: "copies a chapter to mine/, with its idea left as tasks",
        words: [
          { word: "saved", does: "lists what was in mine/ before" },
          { word: "back", does: "brings back what was in mine/ before" },
        ],
      },
      { name: "check", takes: "04", does: "tells which tasks are done, and what the next one lacks" },
      {
        name: "hint",
        takes: "04 [task]",
        does: "gives you one more hint each time",
        examples: [{ word: "npm run hint 04 2", does: "a hint for task 2" }],
      },
      {
        name: "diff",
        takes: "03 04 [html]",
        does: "shows what changed between two chapters",
        words: [
          { word: "04 mine", does: "what is different in your copy" },
          { word: "html", does: "writes a page" },
        ],
      },
      {
        name: "break",
        takes: "05 kill worker",
        does: "makes trouble in a running chapter",
        words: [
          { word: "kill api", does: "kill -9 of a process: api, worker or function" },
          { word: "outage 10", does: "the vendor is down for ten seconds" },
          { word: "duplicates 10", does: "every tenth message comes twice; 0 ends it" },
        ],
      },
      { name: "redrive", takes: "05", does: "brings back what a running chapter has set aside" },
      {
        name: "why",
        takes: "07 c-31 [storm] [reference]",
        does: "tells the story of one activation, with the code",
        words: [
          { word: "c-31", does: "a customer, an eventId, or a device's address" },
          { word: "twice", does: "the first such one; also lost, aside, slowest" },
          { word: "storm", does: "of the storm; else of the day, or of a running chapter" },
          { word: "reference", does: "of the run that the pages show; else of your newest" },
        ],
        examples: [
          { word: "npm run why 05 twice", does: "how a device came to be provisioned twice" },
          { word: "npm run why 07+key c-31", does: "of 07 with a vendor that honours the key" },
        ],
      },
    ],
  },
  {
    wish: "measure",
    commands: [
      {
        name: "bench",
        takes: "[chapters] [runs=3] [seed=1] [no-closed-loop] [url=URL real-aws]",
        does: "sends every chapter through the same short day",
        words: [
          chapters,
          runs,
          seed,
          { word: "no-closed-loop", does: "leaves autocannon's loop out" },
          { word: "out=FOLDER", does: "where the results go" },
          { word: "url=URL real-aws", does: "08 where you have deployed it, beside this machine's 07" },
        ],
        examples: [
          { word: "npm run bench", does: "chapters 01 to 07, in about two and a half minutes" },
          { word: "npm run bench 03 mine", does: "your version beside the chapter" },
          { word: "npm run bench lab-retries 05", does: "a lab beside its chapter, with the lab's own plan" },
        ],
      },
      {
        name: "bench:storm",
        takes: "[chapters] [full] [runs=3] [seed=1]",
        does: "the same storm for each: a rush, kills, an outage",
        words: [chapters, { word: "full", does: "the long storm, with a redrive" }, runs, seed],
      },
      {
        name: "bench:full",
        takes: "[chapters] [seed=1]",
        does: "measures everything for the reference, in 40 minutes",
      },
      {
        name: "measure",
        takes: "URL [rate=50] [connections=10] [seconds=10] [body=...] [json]",
        does: "measures any URL with the same instrument",
        words: [
          { word: "rate=50", does: "50 requests a second, on time, whatever the server does" },
          { word: "connections=10", does: "ten clients that each wait for their answers" },
          { word: "method=POST", does: "also header=NAME:VALUE, body=TEXT or body=@FILE" },
          { word: "json", does: "for other programs" },
        ],
      },
      {
        name: "limit",
        takes: "04 [more chapters | mine | URL] [answered=100ms] [works=2s] [seed=1]",
        does: "finds how many customers a second it can take",
        words: [
          { word: "04", does: "a chapter, or several; `mine` is yours; or one URL" },
          { word: "answered=100ms", does: "95 % are answered in this time; of 01 by default in 2s" },
          { word: "works=2s", does: "and 95 % of the devices work in this time" },
          { word: "method=POST", does: "of a URL; also header=NAME:VALUE, body=TEXT, elsewhere" },
          { word: "seed=7", does: "other arrivals, and other delays of the vendor" },
        ],
        examples: [
          { word: "npm run limit 03 04", does: "what a function gains, in three minutes" },
          { word: "npm run limit http://127.0.0.1:3000/", does: "climbs to the first overload, and stops" },
        ],
      },
      {
        name: "grow",
        takes: "[10 100 1000 10000] [capacity=200] [retention=14] [help] [agreement] [reference]",
        does: "simulates 08 under more than a laptop can send",
        words: [
          { word: "1000", does: "1,000 customers a second, for an hour; also several" },
          { word: "capacity=200", does: "a vendor that takes 200 calls at once" },
          { word: "help", does: "every assumption with its word, its value and its source" },
          { word: "agreement", does: "how far the simulation is from what was measured" },
          { word: "reference", does: "keeps the figures that the texts show (for `npm run docs`)" },
        ],
      },
    ],
  },
  {
    wish: "present",
    commands: [
      {
        name: "replay",
        takes: "[chapters] [day | storm] [reference] [out=FILE]",
        does: "writes a run that was measured as a page of moving dots",
        words: [
          { word: "06 07", does: "these chapters, one above the other; at most two" },
          { word: "storm", does: "the newest storm; or day" },
          { word: "reference", does: "the run whose figures the pages show" },
          { word: "out=FILE", does: "where the page goes" },
        ],
        examples: [{ word: "npm run replay 02 07", does: "the same kill: 02 loses, 07 does not" }],
      },
      {
        name: "slides",
        takes: "90",
        does: "serves the deck, with your newest figures",
        words: [
          { word: "20", does: "the talk of 20 minutes; also 90, with exercises, and full" },
          { word: "reference", does: "with the figures that the pages show" },
        ],
      },
      { name: "slides:build", takes: "90", does: "writes the deck as one HTML file, and as a PDF" },
    ],
  },
  {
    wish: "use AWS, or something like it",
    commands: [
      {
        name: "aws",
        takes: "TEMPLATE [PARAMETER=VALUE ...] [sqs-port=9324] [dynamodb-port=8000]",
        does: "runs the embedded AWS alone, for your own client",
        examples: [
          { word: "npm run aws chapters/03-queue", does: "with what this chapter's template asks for" },
        ],
      },
      {
        name: "cloud",
        takes:
          "cost|deploy|seed|status|redrive|remove [08] [real-aws] [profile=NAME] [region=eu-central-1] [stack=NAME] [yes]",
        does: "what chapter 08 costs on AWS; deploys and removes it",
        words: [
          { word: "cost", does: "per million activations and per idle day; needs no account" },
          { word: "deploy", does: "also seed, status, redrive, remove; each says where, and asks" },
          { word: "real-aws", does: "the account that your shell names; or profile=NAME" },
        ],
      },
      {
        name: "conformance",
        takes: "[endpoint=URL | real-aws] [yes]",
        does: "asks an emulator for each of AWS's rules",
        words: [
          { word: "endpoint=URL", does: "another emulator; else the embedded AWS" },
          { word: "real-aws", does: "the account that your shell names; `yes` doesn't ask before" },
        ],
      },
    ],
  },
  {
    wish: "work on this project",
    commands: [
      { name: "test", takes: "", does: "runs the tests (`npm test`)" },
      { name: "test:course", takes: "", does: "tries each check with right and wrong solutions" },
      { name: "test:account", takes: "", does: "tests with other people's programs, if installed" },
      { name: "test:slides", takes: "", does: "tests pages and deck in an installed browser" },
      { name: "lint", takes: "", does: "checks style, format, types and unused code" },
      { name: "format", takes: "", does: "formats all files" },
      {
        name: "docs",
        takes: "[check | reference [a folder of results] [doubtful]]",
        does: "fills the reference's figures into the pages",
        words: [
          { word: "check", does: "only compares" },
          { word: "reference [FOLDER]", does: "makes a run the new reference" },
        ],
      },
      { name: "bench:truth", takes: "", does: "measures servers whose delay is known" },
      { name: "bench:speed", takes: "[rounds=5] [seconds=4]", does: "tells where an answer's time goes" },
      {
        name: "bench:starts",
        takes: "[rounds=5]",
        does: "times starts and checks, which participants wait for",
      },
      {
        name: "bench:tracing",
        takes: "[customers] [pairs=21] [seconds=2]",
        does: "tells what it costs to note a trace",
      },
      { name: "bench:aws", takes: "", does: "measures the embedded AWS itself" },
      {
        name: "bench:frames",
        takes: "06 07 [reference]",
        does: "times the frames of a storm's replay at 4x",
      },
      {
        name: "bench:live",
        takes: "[minutes=10]",
        does: "tells how quick the live page is, and whether it grows",
      },
      { name: "bench:functions", takes: "", does: "size, loading and cold start of 08's functions" },
      { name: "help", takes: "[command]", does: "shows this list, or the words of one command" },
    ],
  },
];

export const commands: readonly CommandHelp[] = commandGroups.flatMap((group) => group.commands);

/** How to write a command with its words: "npm run begin 04". Throws for a name that is not in the list. */
export function usageOf(name: string): string {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    throw new Error(`Expected a command of shared/help/commands.ts, got ${name}`);
  }
  return `npm run ${name} ${command.takes}`.trim();
}
