import { stringIn, fieldIn } from './json.ts'

export type Channel = 'email' | 'sms'

export type Failure =
  | { outcome: 'no_connection' }
  | { outcome: 'expired' }
  | { outcome: 'too_many_requests' }
  | { outcome: 'unavailable' }

export type Sent = { outcome: 'sent' } | Failure

export type Checked =
  | { outcome: 'verified'; token: string }
  | { outcome: 'wrong_code' }
  | { outcome: 'too_many_attempts' }
  | Failure

/** Sending and checking a one-time code. Never rejects. */
export interface CodeChallenge {
  sendCode(channel: Channel, token: string): Promise<Sent>
  checkCode(channel: Channel, code: string): Promise<Checked>
  forget(): void
}

/** The part of the Authsignal browser SDK in use here, loose enough for what it really answers. */
export interface AuthsignalSdk {
  setToken(token: string): void
  email: OneTimeCode
  sms: OneTimeCode
}

interface OneTimeCode {
  challenge(): Promise<SdkAnswer>
  verify(params: { code: string }): Promise<SdkAnswer>
}

type SdkAnswer = {
  data?: unknown
  error?: string | undefined
  errorCode?: string | undefined
}

/** The SDK has no deadline of its own: without one a dead connection would leave the page waiting. */
const TIMEOUT_MS = 30_000

export function codeChallenge(sdk: AuthsignalSdk): CodeChallenge {
  return {
    sendCode(channel, token) {
      sdk.setToken(token)
      return outcomeOf(() => sdk[channel].challenge(), readSent)
    },
    checkCode: (channel, code) => outcomeOf(() => sdk[channel].verify({ code }), readChecked),
    // The SDK keeps its token in the module for as long as the page lives.
    forget: () => sdk.setToken(''),
  }
}

async function outcomeOf<T>(
  call: () => Promise<SdkAnswer>,
  read: (data: unknown) => T | Failure,
): Promise<T | Failure> {
  try {
    const answer = await withDeadline(call())
    return answer.error === undefined ? read(answer.data) : failureOf(answer.errorCode)
  } catch (error) {
    // The SDK rejects with a SyntaxError when an answer came but was not JSON.
    return { outcome: error instanceof SyntaxError ? 'unavailable' : 'no_connection' }
  }
}

/** The SDK ignores the HTTP status, so a crash without an `error` key arrives here looking like data. */
function readSent(data: unknown): Sent {
  return stringIn(data, 'challengeId') ? { outcome: 'sent' } : { outcome: 'unavailable' }
}

function readChecked(data: unknown): Checked {
  const isVerified = fieldIn(data, 'isVerified')
  const token = stringIn(data, 'token')
  if (isVerified === true && token) return { outcome: 'verified', token }
  if (isVerified !== false) return { outcome: 'unavailable' }
  const isLast = stringIn(data, 'failureReason') === 'MAX_ATTEMPTS_EXCEEDED'
  return { outcome: isLast ? 'too_many_attempts' : 'wrong_code' }
}

function failureOf(errorCode: string | undefined): Failure {
  if (errorCode === 'expired_token' || errorCode === 'token_not_set') return { outcome: 'expired' }
  if (errorCode === 'too_many_requests') return { outcome: 'too_many_requests' }
  return { outcome: 'unavailable' }
}

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
