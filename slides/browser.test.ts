import { expect, it } from "vitest";
import { findBrowser } from "./browser.ts";

const only =
  (...there: string[]) =>
  (path: string) =>
    there.includes(path);

it.each([
  {
    platform: "linux" as const,
    env: { PATH: "/usr/local/bin:relative:/usr/bin" },
    there: "/usr/bin/chromium",
  },
  {
    platform: "darwin" as const,
    env: { HOME: "/Users/me" },
    there: "/Users/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  },
  {
    platform: "win32" as const,
    env: { "PROGRAMFILES(X86)": "C:\\Program Files (x86)" },
    there: "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  },
])("finds an installed browser on $platform", ({ platform, env, there }) => {
  expect(findBrowser({ platform, env, isFile: only(there) })).toBe(there);
  expect(findBrowser({ platform, env, isFile: only() })).toBeUndefined();
});

it("takes the one that CHROME_PATH names, and says so if it is not there", () => {
  const env = { CHROME_PATH: "/opt/mine", PATH: "/usr/bin" };

  expect(findBrowser({ platform: "linux", env, isFile: only("/opt/mine", "/usr/bin/chromium") })).toBe(
    "/opt/mine",
  );
  expect(() => findBrowser({ platform: "linux", env, isFile: only("/usr/bin/chromium") })).toThrow(
    "Expected a browser at CHROME_PATH, found none at /opt/mine",
  );
});
