import { failures, SqsError } from "../errors.ts";
import { objects, optionalString } from "../input.ts";
import type { Input } from "../input.ts";

const maximumEntries = 10;

/** The entries of a batch. What is wrong with the batch as a whole refuses it as a whole. Throws {@link SqsError}. */
export function batchEntries(input: Input, action: string): Input[] {
  const entries = objects(input, "Entries");
  if (entries.length === 0) {
    throw failures.emptyBatch(action);
  }
  if (entries.length > maximumEntries) {
    throw failures.tooManyEntries(entries.length);
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    const id = optionalString(entry, "Id") ?? "";
    if (!/^[\w-]{1,80}$/.test(id)) {
      throw failures.invalidEntryId();
    }
    if (seen.has(id)) {
      throw failures.repeatedEntryId(id);
    }
    seen.add(id);
  }
  return entries;
}

/** Every entry on its own: one that fails is reported beside those that succeed, in an answer that is a success. */
export function eachEntry(entries: Input[], run: (entry: Input) => object) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const Id = entry["Id"];
    try {
      Successful.push({ Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) {
        throw error;
      }
      Failed.push({ Id, SenderFault: true, Code: error.queryCode, Message: error.message });
    }
  }
  return { Successful, Failed };
}
