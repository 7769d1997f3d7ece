import { fork } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startChapter } from "#shared/run/start-chapter.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { descendantsOf, isAlive } from "#shared/testing/processes.ts";
import { hasPostgres, postgresOf } from "#shared/local-postgres/postgres.testing.ts";
import { firstMessageOf, forkArguments } from "#shared/testing/typescript.ts";

describe.skipIf(!hasPostgres)("lab-relational: once it has stopped", () => {
  it("leaves no process and no folder", async () => {
    const running = await startChapter({ folder: import.meta.dirname, devices: 10 });
    const { folder, pid } = postgresOf(running.processes().find(({ name }) => name === "store")?.pid);
    expect(isAlive(pid)).toBe(true);

    await running.stop();

    expect(isAlive(pid)).toBe(false);
    expect(() => readdirSync(folder)).toThrow("ENOENT");
  });

  it.skipIf(process.platform === "win32")("leaves none after kill -9 of the launcher either", async () => {
    const launcher = fork(
      ...forkArguments(
        fileURLToPath(import.meta.resolve("#shared/run/fixtures/launcher.ts")),
        import.meta.dirname,
      ),
    );
    await firstMessageOf(launcher);
    const before = descendantsOf(launcher.pid ?? 0);
    const found = before.flatMap((pid) => {
      const { folder, pid: server } = postgresOf(pid);
      return Number.isNaN(server) ? [] : [{ folder, server }];
    });
    expect(found).toHaveLength(1);

    launcher.kill("SIGKILL");

    const pids = [...before, ...found.map(({ server }) => server)];
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]), { everyMs: 50 });
    expect(() => readdirSync(found[0]?.folder ?? "")).toThrow("ENOENT");
  });
});
