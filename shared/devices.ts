/** The seeded inventory, one device per customer. `deviceAt(0)` is the talk's example. */
export function deviceAt(index: number): { customerId: string; macAddress: string } {
  // 00-00-5E-10-… is in the range reserved for documentation (RFC 9542).
  const tail = index.toString(16).toUpperCase().padStart(8, "0").match(/../g) ?? [];
  return { customerId: `c-${index + 1}`, macAddress: ["00-00-5E-10", ...tail].join("-") };
}
