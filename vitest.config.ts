import { defineConfig } from "vitest/config";

const wire = ["**/*.wire.test.ts", "chapters/**/chapter.test.ts"];
const outside = ["**/node_modules/**", "mine/**", "bench/results/**"];

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["**/*.test.ts"], exclude: [...wire, ...outside] },
      },
      {
        extends: true,
        // Real processes on two cores: one file at a time, or the tests would measure each other.
        test: {
          name: "wire",
          include: wire,
          exclude: outside,
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
