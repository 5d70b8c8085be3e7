/**
 * How long a used proof is remembered. Longer than any proof is taken for: what asks the ledger also
 * checks how fresh the proof is.
 */
export const PROOF_REMEMBERED_MS = 60 * 60 * 1000

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

/**
 * Lets pieces of work of one name happen one after the other.
 * @param name who they are about; kept as a digest only
 * @param signal the deadline of waiting and of the work itself, which has to heed it
 * @throws ServiceError `upstream_timeout` when it does not get its turn, and what the work throws
 */
export type WithLock = <Result>(
  name: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
) => Promise<Result>
