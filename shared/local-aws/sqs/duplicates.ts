/**
 * Where a second delivery is ordered. A standard queue may deliver a message twice, when a copy that a delete didn't
 * reach comes back. On AWS that is rare and can't be ordered, so a consumer that breaks on it looks fine for months.
 */
export class Duplicates {
  #everyNth = 0;
  #delaysMs: number[] = [0];
  #sent = 0;
  #marked = 0;

  /** From now on every n-th message gets a copy, after these delays in turn; 0 ends it. */
  set(everyNth: number, delaysMs: number[]): void {
    this.#everyNth = everyNth;
    this.#delaysMs = delaysMs.length === 0 ? [0] : delaysMs;
    this.#sent = 0;
    this.#marked = 0;
  }

  /** Called with every message sent, and every asynchronous event of a function. */
  mark(message: { duplicateAfterMs?: number | undefined }): void {
    if (this.#everyNth === 0) {
      return;
    }
    this.#sent += 1;
    if (this.#sent % this.#everyNth === 0) {
      message.duplicateAfterMs = this.#delaysMs[this.#marked % this.#delaysMs.length];
      this.#marked += 1;
    }
  }
}
