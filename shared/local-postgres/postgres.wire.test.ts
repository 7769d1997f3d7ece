import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { hasPostgres, postgresFolders } from "./postgres.testing.ts";
import { startPostgres } from "./postgres.ts";

describe.skipIf(!hasPostgres)("lab-relational: a taken port", () => {
  it("is reported in one sentence, and nothing is left behind", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, "127.0.0.1", resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const ours = () => postgresFolders().filter((name) => name.includes(`-${process.pid}-`));

    const starting = startPostgres({ port, settings: {}, onLine: () => {} });

    await expect(starting).rejects.toThrow(
      /^PostgreSQL did not start \(could not create any TCP\/IP sockets\)$/,
    );
    expect(ours()).toEqual([]);
    taken.close();
  });
});
