import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

const wire = ["**/*.wire.test.ts", "chapters/**/chapter.test.ts"];
// Checks of participants' copies, right and wrong: `npm run test:course`. They have their own time limit.
const course = ["**/*.course.test.ts"];
// Tests with other people's programs, if they are on the path: `npm run test:account`.
const account = ["**/*.account.test.ts"];
// AWS's rules, asked of emulators that others wrote: it mostly waits for times to pass, so it needs no turn among those.
const rules = ["**/*.rules.test.ts"];
// Tests of the deck in an installed Chrome, Edge or Chromium: `npm run test:slides`.
const browser = ["**/*.browser.test.ts"];
const outside = ["**/node_modules/**", "mine/**", ".workshop/**", "bench/results/**"];

// Tests connect only to this machine. Otherwise each process that they start would read these certificates first, which takes Node 20
// 80 ms of CPU time. A test that needs its own certificate for HTTPS passes it on.
// oxlint-disable-next-line node/no-process-env -- workers, and what they start, inherit it from here
delete process.env["NODE_EXTRA_CA_CERTS"];

// These keep nothing in memory outside a test, and loading what they share again for each file would take a second of CPU time.
const isolate = false;

/**
 * Of the tests of real processes, those of chapters and benchmarks take long and mostly wait, and the others need the processors.
 * They take turns: neither do many that wait run at the same time, nor does a long one come last.
 */
class InTurn extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWire = ({ project }: TestSpecification) => project.name === "wire";
    const isLong = ({ moduleId }: TestSpecification) => /\/(?:chapters|bench)\//.test(moduleId);
    const others = sorted.filter((file) => !isWire(file));
    const long = sorted.filter((file) => isWire(file) && isLong(file));
    const short = sorted.filter((file) => isWire(file) && !isLong(file));
    const turns = sorted.flatMap((_file, turn) => [long[turn], short[turn]]);
    return [...others, ...turns.filter((file) => file !== undefined)];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: InTurn },
    restoreMocks: true,
    unstubEnvs: true,
    setupFiles: [join(import.meta.dirname, "shared/testing/unstub.ts")],
    // The SDK's warning about Node 20 would appear between the results.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // One after the other, if a folder's tests belong to several: they use different numbers of workers.
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // They never wait. The others begin when these are done.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          include: ["**/*.test.ts"],
          exclude: [...wire, ...course, ...account, ...rules, ...browser, ...outside],
          isolate,
          // A picture takes a fifth of a second, and twenty times as long on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "wire",
          // Tests of real processes mostly wait, for a visibility timeout to end or a process to start. None of them measures speed.
          maxWorkers: 8,
          sequence: { groupOrder: 1 },
          include: wire,
          exclude: outside,
          isolate,
          // Longer than all waits inside a test, each of which says what it waited for, even if nine processes share a core.
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "course",
          sequence: { groupOrder: 2 },
          maxWorkers: 3,
          include: course,
          exclude: outside,
          // Each test starts a chapter and waits for it, so they run at the same time, like the files of "wire".
          maxConcurrency: 4,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "account",
          sequence: { groupOrder: 3 },
          include: account,
          exclude: outside,
          // Each starts a system and other tests' processes. Several at the same time would be late.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        test: {
          name: "rules",
          sequence: { groupOrder: 4 },
          include: rules,
          exclude: outside,
          testTimeout: 300_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        // A walk through the whole deck takes about a hundred steps.
        test: {
          name: "browser",
          sequence: { groupOrder: 5 },
          include: browser,
          exclude: outside,
          isolate,
          testTimeout: 180_000,
          // With reduced motion a page is drawn once a second, and a busy machine takes its time.
          expect: { poll: { timeout: 25_000 } },
        },
      },
    ],
  },
});
