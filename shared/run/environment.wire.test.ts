import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { deviceAt } from "#shared/devices.ts";
import { close, listen } from "#shared/listen.ts";
import { asksFor } from "#shared/stage/stage.ts";
import { eventually } from "#shared/testing/eventually.ts";
import { descendantsOf } from "#shared/testing/processes.ts";
import { startChapter } from "./start-chapter.ts";

/** A server that no one should connect to. */
async function setTrap() {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      asked.push(bytes.toString("latin1").split("\r\n").slice(0, 2).join(" "));
      socket.destroy();
    });
  });
  const { url } = await listen(server);
  onTestFinished(() => close(server));
  return { asked, url };
}

/** The user's AWS files, which tell the SDK to ignore endpoint variables. */
function writeOwnFiles(trapUrl: string): string {
  const home = mkdtempSync(join(tmpdir(), "take a ticket home "));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, ".aws"));
  const config = `region = eu-central-1\nendpoint_url = ${trapUrl}\nignore_configured_endpoint_urls = true\n`;
  writeFileSync(join(home, ".aws", "config"), `[default]\n${config}\n[profile trap]\n${config}`);
  const keys = "aws_access_key_id = OWN\naws_secret_access_key = own\n";
  writeFileSync(join(home, ".aws", "credentials"), `[default]\n${keys}\n[trap]\n${keys}`);
  return home;
}

/** All variables of a process. Empty if it has ended, such as the `ps` that listed it. */
function variablesOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return "";
  }
}

it("keeps a chapter with its function and its redrive to the embedded AWS, whatever the shell and the user's files say", async () => {
  const { asked, url } = await setTrap();
  const home = writeOwnFiles(url);
  const ofTheShell = {
    HOME: home,
    USERPROFILE: home,
    AWS_CONFIG_FILE: join(home, ".aws", "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(home, ".aws", "credentials"),
    AWS_PROFILE: "trap",
    AWS_REGION: "eu-central-1",
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    AWS_USE_FIPS_ENDPOINT: "true",
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/trap",
    AWS_WEB_IDENTITY_TOKEN_FILE: join(home, ".aws", "credentials"),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
  };
  Object.entries(ofTheShell).forEach(([name, value]) => vi.stubEnv(name, value));
  const before = new Set(process.platform === "win32" ? [] : descendantsOf(process.pid));
  const running = await startChapter({
    folder: "05-dead-letter-queue",
    weather: { medianMs: 5, p99Ms: 5 },
    devices: 1,
  });
  onTestFinished(() => running.stop());

  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(new URL(path, running.apiUrl), init);
    return (await response.json()) as Record<string, unknown>;
  };
  const { eventId } = await ask("/activations", asksFor(deviceAt(0)));
  await eventually(async () =>
    expect(await ask(`/activations/${String(eventId)}`)).toMatchObject({ status: "active" }),
  );
  await running.redrive();

  expect(asked).toEqual([]);
  // Only Linux shows the variables of a process. Others, such as esbuild, are not part of a chapter.
  const started = process.platform === "win32" ? [] : descendantsOf(process.pid);
  const given = started
    .filter((pid) => !before.has(pid))
    .map(variablesOf)
    .filter((text) => /TAKE_A_TICKET_CHILD|AWS_LAMBDA_FUNCTION/.test(text));
  // The vendor, the embedded AWS, the API, and an environment of the function.
  expect(given.length).toBeGreaterThanOrEqual(process.platform === "linux" ? 4 : 0);
  const astray = given.filter((text) => /AWS_PROFILE|AWS_ROLE|_PROXY|trap/.test(text) || text.includes(url));
  expect(astray).toEqual([]);
});
