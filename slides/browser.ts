import { existsSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import process from "node:process";
import { UsageError } from "#shared/command.ts";

interface Where {
  env: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
  isFile?: (path: string) => boolean;
}

const names = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "microsoft-edge-stable",
  "microsoft-edge",
];
const windowsPlaces = [
  "Google\\Chrome\\Application\\chrome.exe",
  "Microsoft\\Edge\\Application\\msedge.exe",
  "Chromium\\Application\\chrome.exe",
];
const macPlaces = [
  "Google Chrome.app/Contents/MacOS/Google Chrome",
  "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The path of an installed Chrome, Edge or Chromium; `CHROME_PATH` goes before all others. Undefined if there is none.
 * Throws {@link UsageError} if `CHROME_PATH` names what is not there.
 */
export function findBrowser({
  env,
  platform = process.platform,
  isFile = isFileOnDisk,
}: Where): string | undefined {
  const wanted = env["CHROME_PATH"];
  if (wanted !== undefined && wanted !== "") {
    if (!isFile(wanted)) {
      throw new UsageError(`Expected a browser at CHROME_PATH, found none at ${wanted}; mend or unset it.`);
    }
    return wanted;
  }
  return placesOf(env, platform).find(isFile);
}

function placesOf(env: Where["env"], platform: NodeJS.Platform): string[] {
  if (platform === "win32") {
    const roots = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((name) => env[name] ?? []);
    return roots.flatMap((root) => windowsPlaces.map((place) => win32.join(root, place)));
  }
  const inPath = (env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const linux = inPath.flatMap((folder) => names.map((name) => posix.join(folder, name)));
  const home = env["HOME"] === undefined ? [] : [posix.join(env["HOME"], "Applications")];
  const mac = ["/Applications", ...home].flatMap((root) => macPlaces.map((place) => posix.join(root, place)));
  return platform === "darwin" ? [...mac, ...linux] : linux;
}

const isFileOnDisk = (path: string) => existsSync(path) && statSync(path).isFile();

/** What a headless browser is started with, so that it asks nobody for anything. */
export function headlessFlags(profile: string): string[] {
  // A container without a sandbox of its own has only root, for whom Chromium's does not work.
  const asRoot = process.platform === "linux" && process.getuid?.() === 0;
  return [
    "--headless",
    ...(asRoot ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--user-data-dir=${profile}`,
  ];
}
