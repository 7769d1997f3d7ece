import * as z from "zod";

/** A customer's request to make one device usable. It is also the whole message. */
export interface Activation {
  eventId: string;
  macAddress: string;
}

/** Normalizes a MAC address: EUI-48 or EUI-64 in any usual notation to upper case with hyphens. */
const macAddress = z
  .string("Expected a string such as 00-00-5E-10-00-00-00-00")
  .trim()
  .refine(isMacAddress, "Expected an EUI-48 or EUI-64 such as 00-00-5E-10-00-00-00-00")
  .transform((text) =>
    (
      text
        .replaceAll(/[^0-9a-f]/gi, "")
        .toUpperCase()
        .match(/../g) ?? []
    ).join("-"),
  );

// Octets with hyphens or colons, groups of four with dots (as routers print them), or digits only; no mixture.
function isMacAddress(text: string): boolean {
  return (
    /^[0-9a-f]{2}(?:(-|:)[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2})?$/i.test(text) ||
    /^[0-9a-f]{4}(?:\.[0-9a-f]{4}){2,3}$/i.test(text) ||
    /^(?:[0-9a-f]{12}|[0-9a-f]{16})$/i.test(text)
  );
}

/** The body of `POST /activations`. */
export const activationRequest = z.strictObject(
  {
    customerId: z
      .string("Expected a string such as c-1")
      .min(1, "Expected at least 1 character")
      .max(64, "Expected at most 64 characters"),
    macAddress,
  },
  // For anything that is not an object, and for an object with other fields.
  "Expected an object with customerId and macAddress, and nothing else",
);

export type ActivationRequest = z.output<typeof activationRequest>;

const activation = z.strictObject({ eventId: z.uuid(), macAddress });

/** Reads a message's body. Throws a ZodError if it is not `{ eventId, macAddress }`. */
export function parseActivation(body: string): Activation {
  return activation.parse(JSON.parse(body));
}
