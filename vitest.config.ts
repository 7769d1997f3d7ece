import { defineConfig } from "vitest/config";

const wire = ["**/*.wire.test.ts", "chapters/**/chapter.test.ts"];
// Of participants' copies, right and wrong: `npm run test:course`, which has a budget of its own.
const course = ["**/*.course.test.ts"];
// With programs that others wrote, where they are on the path: `npm run test:account`.
const account = ["**/*.account.test.ts"];
// Of the deck, in an installed Chrome, Edge or Chromium: `npm run test:slides`.
const browser = ["**/*.browser.test.ts"];
const outside = ["**/node_modules/**", "mine/**", ".workshop/**", "bench/results/**"];

// Tests reach this machine and nothing else. Each process that they start would read these certificates first, which takes Node 20
// 80 ms of processor; what speaks HTTPS with one of its own is given that.
// oxlint-disable-next-line node/no-process-env -- workers, and what they start, inherit it from here
delete process.env["NODE_EXTRA_CA_CERTS"];

// These keep nothing in memory outside a test. To load what they share anew for each file takes a second of processor.
const isolate = false;

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    // The SDK's advice about Node 20 would stand between the results.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // Tests of real processes mostly wait, for a visibility timeout to end or a process to start; none measures speed.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...wire, ...course, ...account, ...browser, ...outside],
          isolate,
          // A picture takes a fifth of a second, and twenty times as long beside other work.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "wire",
          include: wire,
          exclude: outside,
          isolate,
          // Longer than all waits inside, each of which says what was waited for, also where nine processes share a core.
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "course",
          include: course,
          exclude: outside,
          // Each test starts a chapter and waits for it; so they run beside each other, as the files of "wire" do.
          maxConcurrency: 3,
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "account",
          include: account,
          exclude: outside,
          // Each starts a system and other tests' processes: beside one another they would be late.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 90_000,
        },
      },
      {
        extends: true,
        // A walk through the whole deck is some hundred steps.
        test: { name: "browser", include: browser, exclude: outside, testTimeout: 180_000 },
      },
    ],
  },
});
