import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { dynamoDbAt } from "#shared/run/local-clients.ts";
import type { ReachableChapter } from "#shared/run/running-chapter.ts";
import type { VendorLedger } from "#shared/vendor-simulator/ledger.ts";
import * as z from "zod";
import type { Evidence } from "./ledger.ts";
import { inspect } from "./watching.ts";

const claimSchema = z.object({
  macAddress: z.string(),
  eventId: z.string(),
  activatedAtMs: z.number().optional(),
});
const ticketSchema = z.object({
  eventId: z.string(),
  status: z.string(),
  activatedAtMs: z.number().optional(),
});
const storeSchema = z.object({
  claims: z.array(claimSchema),
  tickets: z.array(ticketSchema),
  connectionsRefused: z.int().min(0),
});
const messageSchema = z.object({ eventId: z.string() });

/** The contents of the tables, or of the chapter's own store. */
interface Stored extends Pick<Evidence, "claims" | "tickets"> {
  /** Only for a store with a limit on them. */
  connectionsRefused?: number;
}

/** Reads the tables, the queues, the functions and the vendor's ledger: everything but the answers. */
export async function readEvidence(
  running: ReachableChapter,
): Promise<Stored & Pick<Evidence, "messages" | "workedOn"> & { vendor: VendorLedger; timeouts: number }> {
  const { outputs } = running;
  const [seen, vendor, stored] = await Promise.all([
    inspect(running, "with"),
    running.vendor.ledger(),
    running.storeUrl === undefined ? readTables(running) : readStore(running.storeUrl),
  ]);
  return {
    ...stored,
    messages: [
      ...seen.queues.flatMap(({ url, messages }) =>
        messages.map(({ body }) => ({
          eventId: eventIdOf(body),
          deadLetter: url === outputs["DEAD_LETTER_QUEUE_URL"],
        })),
      ),
      ...seen.functions.flatMap(({ asyncEvents }) =>
        asyncEvents.events.map(({ payload }) => ({ eventId: eventIdOf(payload), deadLetter: false })),
      ),
    ],
    workedOn: seen.functions.flatMap(({ environments }) =>
      environments.flatMap(({ bodies }) => bodies.map(eventIdOf)),
    ),
    timeouts: seen.functions.reduce((sum, { timeouts }) => sum + timeouts, 0),
    vendor,
  };
}

async function readTables({
  dynamoDbUrl,
  outputs,
}: Pick<ReachableChapter, "dynamoDbUrl" | "outputs">): Promise<Stored> {
  const [claims = [], ticketRows] = await Promise.all([
    // Only claimed devices: the inventory has thousands that no customer asked for.
    scan(dynamoDbUrl, outputs["DEVICES_TABLE"], claimSchema, "attribute_exists(eventId)"),
    scan(dynamoDbUrl, outputs["ACTIVATIONS_TABLE"], ticketSchema, "attribute_exists(#status)"),
  ]);
  // Chapter 01 has no tickets: the inventory itself says which device works.
  const tickets =
    ticketRows ??
    claims.flatMap(({ eventId, activatedAtMs }) =>
      activatedAtMs === undefined ? [] : [{ eventId, status: "active", activatedAtMs }],
    );
  return { claims, tickets };
}

/** Reads a chapter's own store. */
async function readStore(url: string): Promise<Stored> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) {
    throw new Error(
      `Expected the store to say what it holds, got ${response.status}: ${await response.text()}`,
    );
  }
  return storeSchema.parse(await response.json());
}

/** A foreign body stands for itself, so that the ledger names it. */
function eventIdOf(body: string): string {
  try {
    return messageSchema.parse(JSON.parse(body)).eventId;
  } catch {
    return body.slice(0, 80);
  }
}

async function scan<Schema extends z.ZodType>(
  endpoint: string | undefined,
  tableName: string | undefined,
  schema: Schema,
  filter: string,
): Promise<z.output<Schema>[] | undefined> {
  if (tableName === undefined) {
    return undefined;
  }
  const client = DynamoDBDocumentClient.from(
    endpoint === undefined ? new DynamoDBClient({}) : dynamoDbAt(endpoint),
  );
  try {
    const rows: z.output<Schema>[] = [];
    const input = {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: filter,
      ...(filter.includes("#status") && { ExpressionAttributeNames: { "#status": "status" } }),
    };
    for await (const { Items: items = [] } of paginateScan({ client }, input)) {
      rows.push(...items.map((item) => schema.parse(item)));
    }
    return rows;
  } finally {
    client.destroy();
  }
}
