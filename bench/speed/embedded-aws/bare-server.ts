// The minimal HTTP server in Node: the load process can't measure more than what it reaches against this. And one that does what no
// SQS can do without: it reads the message, and keeps it with an id and its digest. The embedded SQS can do more in the same time,
// since it reads what SDKs send without the streams of node:http (exchanges.ts).
import { hash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { onStop, tellReady } from "#shared/child.ts";
import { close, listen } from "#shared/listen.ts";

const bare = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "Content-Length": 2 }).end("{}"));
});

const idEnd = randomUUID().slice(8);
// So that the memory is the same for seconds and for minutes.
const keptMax = 100_000;
const kept = new Map<number, object>();
let count = 0;

const least = createServer((request, response) => {
  request.on("data", (chunk: Buffer) => {
    const { MessageBody: body } = JSON.parse(chunk.toString()) as { MessageBody: string };
    count += 1;
    const messageId = 10_000_000 + count + idEnd;
    const md5OfBody = hash("md5", body, "hex");
    kept.set(count, { messageId, body, md5OfBody });
    kept.delete(count - keptMax);
    const answer = `{"MessageId":"${messageId}","MD5OfMessageBody":"${md5OfBody}"}`;
    response
      .writeHead(200, ["Content-Type", "application/x-amz-json-1.0", "Content-Length", `${answer.length}`])
      .end(answer);
  });
});

onStop(async () => {
  await Promise.all([close(bare), close(least)]);
});
const [{ url }, { url: leastUrl }] = await Promise.all([listen(bare), listen(least)]);
tellReady({ url, leastUrl });
