import { expect, it } from "vitest";
import { buildFunctions } from "./bundles.ts";

it("keeps each function of 08 below 1 MB, including the SDK", async () => {
  const built = await buildFunctions({ sdk: "in" });

  expect(built.map(({ name }) => name)).toEqual(["ApiFunction", "ActivationFunction", "VendorFunction"]);
  expect(built.filter(({ code }) => code.length >= 1_000_000 || code.length === 0)).toEqual([]);
});
