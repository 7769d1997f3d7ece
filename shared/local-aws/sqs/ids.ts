import { randomUUID } from "node:crypto";

const rest = randomUUID().slice(8);
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
let count = 0;

/**
 * An id in the form of a UUID, unique in this process. `randomUUID` builds each one from 20 pieces, which takes longer than
 * storing the message, and the garbage collector would keep all of them as long as the message.
 */
export function nextId(): string {
  count += 1;
  // Multiplying by an odd number repeats nothing within 32 bits, and makes neighbours look different.
  const mixed = Math.imul(count, 0x9e3779b1);
  // From a table: `toString(16)` and `padStart` are slower, twice for each message.
  const hex = (shift: number) => hexOfByte[(mixed >>> shift) & 0xff] as string;
  return hex(24) + hex(16) + hex(8) + hex(0) + rest;
}
