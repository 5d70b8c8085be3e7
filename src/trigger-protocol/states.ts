/**
 * True for the states in which nobody may go on: a rule blocked the action, or a person has yet to
 * look at it or has turned it down. Some of Authsignal's pages print REVIEW for REVIEW_REQUIRED.
 */
export function isBlocked(state: string | undefined): boolean {
  return (
    state === 'BLOCK' ||
    state === 'REVIEW' ||
    state === 'REVIEW_REQUIRED' ||
    state === 'REVIEW_FAILED'
  )
}
