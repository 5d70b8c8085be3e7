/**
 * Begins some work and waits for its outcome, but not beyond the signal: the work then goes on unseen.
 * Nothing is begun when it is too late already.
 * @throws what `late` says
 */
export function until<Answer>(
  signal: AbortSignal,
  work: () => Promise<Answer>,
  late: () => Error,
): Promise<Answer> {
  if (signal.aborted) return Promise.reject(late())
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(late())
    // A signal may live longer than the work, and must not collect listeners.
    const leave = () => signal.removeEventListener('abort', giveUp)
    signal.addEventListener('abort', giveUp)
    work().then(resolve, reject).then(leave, leave)
  })
}
