/** Tells what comes too late: for a dialog that is closed, or for somebody who is no longer there. */
export class Visit {
  #count = 0

  end(): void {
    this.#count += 1
  }

  /** @returns says whether the visit of now still lasts */
  begin(): () => boolean {
    const count = this.#count
    return () => count === this.#count
  }
}
