import { DeleteCommand, GetCommand, paginateScan, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { ignoreFailedCondition } from "#shared/aws.ts";
import { batchWrite } from "#shared/batch-write.ts";
import type { LedgerSummary, Outcome, VendorLedger } from "#shared/vendor-simulator/ledger.ts";
import { usualWeather, weatherSchema } from "#shared/vendor-simulator/weather.ts";
import type { Weather } from "#shared/vendor-simulator/weather.ts";

interface VendorTable {
  dynamoDb: DynamoDBDocumentClient;
  /** Key `id`: `weather`, `call#UUID`, `device#ADDRESS`, `key#KEY`. */
  tableName: string;
  capacity: number;
}

/** One call at the vendor's. */
interface VendorCall {
  id: string;
  macAddress: string;
  key: string | undefined;
  startedAtMs: number;
}

const callRow = z.object({
  macAddress: z.string(),
  idempotencyKey: z.string().optional(),
  startedAtMs: z.number(),
  endedAtMs: z.number().optional(),
  outcome: z.custom<Outcome>((value) => typeof value === "string").optional(),
});

/** What the vendor's function remembers: its environments share nothing else. */
export function createVendorTable({ dynamoDb, tableName, capacity }: VendorTable) {
  const item = (id: string) => ({ TableName: tableName, Key: { id } });
  const callItem = ({ id, macAddress, key, startedAtMs }: VendorCall) => ({
    id: `call#${id}`,
    macAddress,
    startedAtMs,
    ...(key !== undefined && { idempotencyKey: key }),
  });

  const ledger = async (): Promise<VendorLedger> => {
    const calls = await rowsOf("call#", callRow);
    const provisionings: Record<string, number> = {};
    for (const { macAddress, outcome } of calls) {
      if (outcome === "provisioned" || outcome === "disconnected") {
        provisionings[macAddress] = (provisionings[macAddress] ?? 0) + 1;
      }
    }
    const open = calls.filter(({ endedAtMs }) => endedAtMs === undefined).map(({ macAddress }) => macAddress);
    return {
      calls: calls.toSorted((one, other) => one.startedAtMs - other.startedAtMs),
      provisionings,
      open: [...new Set(open)],
    };
  };

  return {
    ledger,

    async weather(): Promise<Weather> {
      const { Item: row } = await dynamoDb.send(new GetCommand({ ...item("weather"), ConsistentRead: true }));
      // Capacity and line are what Lambda does with reserved concurrency, whatever anybody asks for.
      return { ...usualWeather, ...weatherSchema.optional().parse(row?.["weather"]), capacity, line: 0 };
    },

    async setWeather(weather: Weather): Promise<Weather> {
      const set = { ...weather, capacity, line: 0 };
      await dynamoDb.send(new PutCommand({ TableName: tableName, Item: { id: "weather", weather: set } }));
      return set;
    },

    /** Which of the device's calls this is: 1, 2, ... */
    async countCall(macAddress: string): Promise<number> {
      const { Attributes: row } = await dynamoDb.send(
        new UpdateCommand({
          ...item(`device#${macAddress}`),
          UpdateExpression: "ADD calls :one",
          ExpressionAttributeValues: { ":one": 1 },
          ReturnValues: "ALL_NEW",
        }),
      );
      return z.object({ calls: z.number() }).parse(row).calls;
    },

    async beginCall(call: VendorCall): Promise<void> {
      await dynamoDb.send(new PutCommand({ TableName: tableName, Item: callItem(call) }));
    },

    /** Writes how it ended, and of a key that is honoured whether it may be tried again. */
    async endCall(call: VendorCall, outcome: Outcome, key?: string): Promise<void> {
      const ended = { ...callItem(call), endedAtMs: Date.now(), outcome };
      await dynamoDb.send(new PutCommand({ TableName: tableName, Item: ended }));
      if (key !== undefined) {
        const succeeded = outcome === "provisioned" || outcome === "disconnected";
        const remembered = { id: `key#${key}`, provisioningId: call.id };
        await (succeeded
          ? dynamoDb.send(new PutCommand({ TableName: tableName, Item: remembered }))
          : dynamoDb.send(new DeleteCommand(item(`key#${key}`))));
      }
    },

    /** Undefined if the key is new, and it is this call's from now on; else what it has provisioned, or "running". */
    async takeKey(key: string, callId: string): Promise<string | undefined> {
      try {
        const taken = { id: `key#${key}`, callId };
        const ifNew = "attribute_not_exists(id)";
        await dynamoDb.send(
          new PutCommand({ TableName: tableName, Item: taken, ConditionExpression: ifNew }),
        );
        return undefined;
      } catch (error) {
        ignoreFailedCondition(error);
      }
      const { Item: row } = await dynamoDb.send(
        new GetCommand({ ...item(`key#${key}`), ConsistentRead: true }),
      );
      return z.object({ provisioningId: z.string().default("running") }).parse(row ?? {}).provisioningId;
    },

    async summary(): Promise<LedgerSummary> {
      const { calls, provisionings, open } = await ledger();
      const counts = Object.values(provisionings);
      return {
        calls: calls.length,
        provisioned: counts.reduce((sum, count) => sum + count, 0),
        doubled: counts.filter((count) => count > 1).length,
        open: open.length,
        inLine: 0,
      };
    },

    /** Forgets calls, keys and devices; the weather stays. Gives how many rows there were. */
    async forget(): Promise<number> {
      const ids = [
        ...(await rowsOf("call#", z.object({ id: z.string() }))),
        ...(await rowsOf("key#", z.object({ id: z.string() }))),
        ...(await rowsOf("device#", z.object({ id: z.string() }))),
      ].map(({ id }) => id);
      const deletions = ids.map((id) => ({ DeleteRequest: { Key: { id } } }));
      await batchWrite(dynamoDb, tableName, deletions);
      return ids.length;
    },
  };

  async function rowsOf<Row extends z.ZodType>(prefix: string, row: Row): Promise<z.output<Row>[]> {
    const rows: z.output<Row>[] = [];
    const pages = paginateScan(
      { client: dynamoDb },
      {
        TableName: tableName,
        ConsistentRead: true,
        FilterExpression: "begins_with(id, :prefix)",
        ExpressionAttributeValues: { ":prefix": prefix },
      },
    );
    for await (const { Items: items = [] } of pages) {
      rows.push(...items.map((each) => row.parse(each)));
    }
    return rows;
  }
}
