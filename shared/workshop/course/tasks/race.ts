import { eventually } from "#shared/stage/eventually.ts";
import type { Stage } from "#shared/stage/stage.ts";
import { OpenTaskError, otherwise } from "#shared/workshop/course/task.ts";
import { isIdle, tableOf } from "./queued.ts";

// A cold environment on a busy machine takes some of it.
const triedWithinMs = 8_000;

/** Two deliveries at the same moment: whoever looks before acting is made to look at the same time as the other. */
export async function oneWrite(stage: Stage): Promise<void> {
  const { vendor, aws } = stage.running;
  const table = tableOf(stage);
  stage.dynamoDb.hold(({ operation, body }) => operation === "GetItem" && body.includes(`"${table}"`));
  await vendor.setWeather({ hold: true });
  await aws.deliverTwice(1, [0]);
  const index = stage.newDevice();
  const eventId = String((await stage.activate(index)).body["eventId"]);
  const writes = () =>
    stage.dynamoDb.seen.filter(
      ({ operation, body }) =>
        /^(Update|Put)Item$/.test(operation ?? "") && body.includes(`"${table}"`) && body.includes(eventId),
    ).length;
  const did = "delivered a message twice at the same moment";
  // The API has written the ticket; the other two writes are the deliveries'.
  const bothTry = async (when: () => boolean) => {
    await eventually(when, { withinMs: triedWithinMs }).catch((cause: unknown) => {
      throw new OpenTaskError(
        {
          did,
          expected: "each of both deliveries to try to take the lease",
          saw: `${Math.max(0, writes() - 1)} that wrote to the ticket's row`,
          why: "only a write that may fail can decide which of two comes first",
        },
        { cause },
      );
    });
  };
  await bothTry(() => stage.dynamoDb.held() >= 2 || writes() >= 3);
  stage.dynamoDb.release();
  await bothTry(() => writes() >= 3);
  await vendor.setWeather({ hold: false });
  await otherwise(stage.becomes("active", eventId), {
    did,
    expected: "the ticket to become active within 5 s",
    saw: "another status: neither of both did the work",
    why: "a lock that lets nobody in is an outage of one's own",
  });
  await eventually(() => isIdle(stage));
  const calls = await stage.vendorCalls(index);
  if (calls !== 1) {
    throw new OpenTaskError({
      did,
      expected: "1 call at the vendor: one delivery takes the lease, the other does not get it",
      saw: `${calls} calls: between looking and writing there was room for another`,
      why: "the vendor provisions the device twice and bills it twice; under load that is no rare case",
    });
  }
}
