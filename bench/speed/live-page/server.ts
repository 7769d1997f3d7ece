// What `npm run live 07` is, as a process that `npm run bench:live` starts, and asks what its heap holds.
import { answer, onStop, tellReady } from "#shared/child.ts";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { findChapter } from "#shared/run/chapters.ts";
import { takeChapter } from "#shared/run/remote-control.ts";
import { refuseIfRunning } from "#shared/workshop/chapter/open.ts";
import { openLive } from "#shared/workshop/live/open.ts";
import { serveLive } from "#shared/workshop/live/server.ts";

const chapter = findChapter("07");
await refuseIfRunning(chapter);
takeChapter(chapter.number);
const { session, close } = await openLive(chapter, (line) => console.log(line));
const page = await serveLive([session], () => {});
await page.prepare();

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
// One collection leaves what only the next one finds, so the smallest of several is the nearest to what it holds.
const looks = 4;
answer("heap", () => {
  const heaps = Array.from({ length: looks }, () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  });
  return { bytes: Math.min(...heaps) };
});
onStop(async () => {
  await page.close();
  await close();
  process.exit();
});
tellReady({ url: page.url });
