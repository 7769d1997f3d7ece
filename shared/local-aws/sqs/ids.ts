import { randomUUID } from "node:crypto";

const rest = randomUUID().slice(8);
let count = 0;

/**
 * An id in the form of a UUID, unique in this process. `randomUUID` builds each one from 20 pieces, which takes longer than
 * storing the message, and the garbage collector would keep all of them as long as the message.
 */
export function nextId(): string {
  count += 1;
  // Multiplying by an odd number repeats nothing within 32 bits, and makes neighbours look different.
  return (Math.imul(count, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0") + rest;
}
