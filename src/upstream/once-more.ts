import { setTimeout as sleep } from 'node:timers/promises'

const LEAST_PAUSE_MS = 20
const JITTER_MS = 80

/**
 * The only retry there is: once, after a moment, and within the deadline of the call. A caller whose
 * request may have arrived must be one that can be repeated.
 * @param mayRepeat whether the error says so
 */
export async function onceMore<Answer>(
  work: () => Promise<Answer>,
  mayRepeat: (error: unknown) => boolean,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!mayRepeat(error)) throw error
    await sleep(LEAST_PAUSE_MS + Math.random() * JITTER_MS)
    return work()
  }
}
