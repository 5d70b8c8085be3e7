/** Remembers which proofs have been used, so that each counts once. */
export interface ReplayLedger {
  /**
   * Takes a proof out of circulation.
   * @param id names the proof; kept as a digest only
   * @returns false when it was taken before
   * @throws ServiceError `upstream_unavailable` when nobody can say: then it does not count
   */
  claim(id: string): Promise<boolean>
}
