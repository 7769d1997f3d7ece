/**
 * Orders second deliveries. A standard queue may deliver a message twice, when a delete didn't reach one of its copies.
 * On AWS that is rare and can't be triggered, so a consumer that can't cope with it works fine for months.
 */
export class Duplicates {
  #everyNth = 0;
  #delaysMs: number[] = [0];
  #sent = 0;
  #marked = 0;

  /** Gives every n-th message a copy from now on, after these delays in turn. 0 stops it. */
  set(everyNth: number, delaysMs: number[]): void {
    this.#everyNth = everyNth;
    this.#delaysMs = delaysMs.length === 0 ? [0] : delaysMs;
    this.#sent = 0;
    this.#marked = 0;
  }

  /** Called with every sent message, and with every asynchronous event of a function. */
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
