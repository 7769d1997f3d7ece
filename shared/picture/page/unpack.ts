import type { ReplayData } from "../replay-data.ts";

/** Unpacks what `packReplay` has packed into a page. */
export async function unpackReplay(packed: string): Promise<ReplayData> {
  const bytes = Uint8Array.from(atob(packed.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as ReplayData;
}
