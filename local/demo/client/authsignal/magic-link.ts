import { fieldIn, isRecord, stringIn } from '../json.ts'
import { failureOf, type Failure } from './outcomes.ts'

export type LinkOpened = { outcome: 'verified'; token: string } | { outcome: 'stopped' } | Failure

const POLL_MS = 1_000
const TIMEOUT_MS = 30_000

/**
 * Waits until the link has been opened, in whatever browser. The SDK's `checkVerificationStatus()`
 * asks the same endpoint, but once started it cannot be stopped, goes on for ever after the token has
 * expired, and neither ends nor goes on after one lost connection (@authsignal/browser 1.16).
 * @param signal stops the waiting
 */
export async function linkOpened(
  authsignalUrl: string,
  token: string,
  signal: AbortSignal,
): Promise<LinkOpened> {
  while (!signal.aborted) {
    const answer = await ask(authsignalUrl, token, signal)
    const proof = stringIn(answer, 'accessToken')
    if (fieldIn(answer, 'isVerified') === true && proof)
      return { outcome: 'verified', token: proof }
    // No answer, or none of Authsignal's: the next one may be.
    const error = isRecord(answer) && 'error' in answer
    if (error) return failureOf(stringIn(answer, 'errorCode'))
    await pause(signal)
  }
  return { outcome: 'stopped' }
}

async function ask(authsignalUrl: string, token: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(`${authsignalUrl}/client/verify/email-magic-link/finalize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    return await response.json()
  } catch {
    return undefined
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, POLL_MS)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
