import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { VendorLedger } from "#shared/vendor/ledger.ts";
import { inspect } from "./activity.ts";
import type { Evidence } from "./ledger.ts";
import type { RunningChapter } from "./running.ts";

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
const messageSchema = z.object({ eventId: z.string() });

/** Looks at the tables, the queues, the functions and the vendor's ledger: everything but the answers. */
export async function readEvidence(
  running: Pick<RunningChapter, "dynamoDbUrl" | "inspectUrl" | "outputs" | "vendor">,
): Promise<Pick<Evidence, "claims" | "tickets" | "messages" | "workedOn"> & { vendor: VendorLedger }> {
  const { outputs } = running;
  const [seen, vendor, claims, ticketRows] = await Promise.all([
    inspect(running.inspectUrl, "with bodies"),
    running.vendor.ledger(),
    // Only claimed devices: the inventory has thousands that nobody asked for.
    scan(running.dynamoDbUrl, outputs["DEVICES_TABLE"], claimSchema, "attribute_exists(eventId)"),
    scan(running.dynamoDbUrl, outputs["ACTIVATIONS_TABLE"], ticketSchema, "attribute_exists(#status)"),
  ]);

  // Chapter 01 has no tickets: the inventory itself says which device works.
  const tickets =
    ticketRows ??
    (claims ?? []).flatMap(({ eventId, activatedAtMs }) =>
      activatedAtMs === undefined ? [] : [{ eventId, status: "active", activatedAtMs }],
    );
  return {
    claims: claims ?? [],
    tickets,
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
    vendor,
  };
}

/** A body that isn't one of ours stands for itself, so that the ledger names it. */
function eventIdOf(body: string): string {
  try {
    return messageSchema.parse(JSON.parse(body)).eventId;
  } catch {
    return body.slice(0, 80);
  }
}

async function scan<Row extends z.ZodType>(
  endpoint: string,
  tableName: string | undefined,
  row: Row,
  filter: string,
): Promise<z.output<Row>[] | undefined> {
  if (tableName === undefined) {
    return undefined;
  }
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    }),
  );
  try {
    const rows: z.output<Row>[] = [];
    const input = {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: filter,
      ...(filter.includes("#status") && { ExpressionAttributeNames: { "#status": "status" } }),
    };
    for await (const { Items: items = [] } of paginateScan({ client }, input)) {
      rows.push(...items.map((item) => row.parse(item)));
    }
    return rows;
  } finally {
    client.destroy();
  }
}
