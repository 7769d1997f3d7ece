import { afterAll, describe, expect, it, vi } from "vitest";
import { inheritedEnvironment } from "#shared/run/environment.ts";

const look = () => inheritedEnvironment()["NO_COLOR"];
const before = look();
let seenAfterwards: string | undefined = "nothing was looked at";

describe("a variable that a test stubs", () => {
  afterAll(() => {
    seenAfterwards = look();
  });

  it("has its value during the test", () => {
    vi.stubEnv("NO_COLOR", "stubbed");

    expect(look()).toBe("stubbed");
  });
});

it("has its former value as soon as that test is over, before another file is loaded", () => {
  expect(seenAfterwards).toBe(before);
});
