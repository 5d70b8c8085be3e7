import { once } from 'node:events'

/**
 * Begins some work and waits for its outcome, but not beyond the signal: the work then goes on unseen.
 * Nothing is begun when it is too late already.
 * @throws what `late` says
 */
export async function until<Answer>(
  signal: AbortSignal,
  work: () => Promise<Answer>,
  late: () => Error,
): Promise<Answer> {
  if (signal.aborted) throw late()
  const outcome = work()
  const done = new AbortController()
  const over = once(signal, 'abort', { signal: done.signal }).then(() => {
    throw late()
  })
  try {
    return await Promise.race([outcome, over])
  } finally {
    // Takes the listener away.
    done.abort()
  }
}
