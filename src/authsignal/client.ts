import type { Authsignal, UserActionState, VerificationMethod } from '@authsignal/node'
import type { AxiosStatic } from 'axios'
import { ServiceError } from '../errors.ts'
import { callSignal, endingBy, endOfCall } from '../upstream/call-signal.ts'
import { onceMore } from '../upstream/once-more.ts'
import type { UpstreamGuard } from '../upstream/ports.ts'
import { unguarded } from '../upstream/unguarded.ts'
import { until } from '../until.ts'
import {
  readActions,
  readAuthenticators,
  readTracked,
  readUser,
  readValidation,
} from './answers.ts'
import type {
  EnrolledAuthenticator,
  KnownUser,
  PastAction,
  TrackedAction,
  Validation,
} from './answers.ts'
import {
  authsignalFailure,
  isConnectionFailure,
  isRefusedToken,
  isUnknown,
  tooLate,
} from './failure.ts'

/** A user has a handful of authenticators and a day of actions. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

export interface AuthsignalOptions {
  secret: string
  /** Includes `/v1`. */
  url: string
  /** Bounds one call. */
  timeoutMs: number
  guard?: UpstreamGuard
  /** Whether the SDK is loaded now instead of with the first call: for triggers, which make one. */
  loadsAtOnce?: boolean
}

export interface TrackInput {
  userId: string
  action: string
  idempotencyKey: string
  attributes: {
    username?: string
    email?: string
    phoneNumber?: string
    redirectUrl?: string
    ipAddress?: string
    userAgent?: string
    deviceId?: string
    locale?: string
    /** What the token may do beyond answering the challenge. */
    scope?: 'add:authenticators'
    /** Data points for the tenant's rules. */
    custom?: Record<string, string | number | boolean>
  }
}

export interface AuthsignalClient {
  track(input: TrackInput): Promise<TrackedAction>
  /** @param input.userId left out where only the token says who it is */
  validate(input: { token: string; userId?: string; action: string }): Promise<Validation>
  /** A user who is not known has no username either. */
  user(userId: string): Promise<KnownUser>
  authenticators(userId: string): Promise<EnrolledAuthenticator[]>
  /** The user's actions, of one code or in one state if asked for. */
  actions(input: {
    userId: string
    action?: string
    since: Date
    state?: 'CHALLENGE_SUCCEEDED'
  }): Promise<PastAction[]>
  /** Enrols an address as the user's without a challenge: only ever one that Cognito holds. */
  enrol(userId: string, authenticator: { method: OtpMethod; address: string }): Promise<void>
  removeAuthenticator(userId: string, id: string): Promise<void>
  /** Deletes the user with everything Authsignal knows of them. */
  deleteUser(userId: string): Promise<void>
}
export type OtpMethod = 'EMAIL_OTP' | 'SMS'

/**
 * The one place that touches @authsignal/node. It adds what the SDK lacks: a deadline, encoded ids,
 * a check of what comes back, and errors that do not carry the API secret. The SDK is loaded with the
 * first call, which few sign-ins need and no start of the service waits for.
 */
export function authsignalClient(options: AuthsignalOptions): AuthsignalClient {
  const { timeoutMs, guard = unguarded } = options
  let loaded = options.loadsAtOnce === true ? load(options) : undefined

  async function call<T>(operation: string, send: (sdk: Sdk) => Promise<T>): Promise<T> {
    loaded ??= load(options)
    const sdk = await loaded
    try {
      return await guard.call(operation, () => {
        const signal = endOfCall(timeoutMs)
        return until(
          signal,
          // Every call here may be repeated: each names its action, user or authenticator.
          () => endingBy(signal, () => onceMore(() => send(sdk), isConnectionFailure)),
          () => tooLate(operation, signal),
        )
      })
    } catch (error) {
      throw error instanceof ServiceError ? error : authsignalFailure(operation, error)
    }
  }

  return {
    track: ({ userId, action, idempotencyKey, attributes }) =>
      call('track', async (sdk) => {
        const answer: unknown = await sdk.api.track({
          userId: pathSegment(userId),
          action: pathSegment(action),
          attributes: { idempotencyKey, ...attributes },
        })
        return readTracked(answer)
      }),

    validate: (input) =>
      call('validate', async (sdk) => {
        try {
          return readValidation(await sdk.api.validateChallenge(input))
        } catch (error) {
          if (isRefusedToken(error)) return { isValid: false }
          throw error
        }
      }),

    user: (userId) =>
      call('user', async (sdk) => {
        try {
          return readUser(await sdk.api.getUser({ userId: pathSegment(userId) }))
        } catch (error) {
          if (isUnknown(error)) return {}
          throw error
        }
      }),

    authenticators: (userId) =>
      call('authenticators', async (sdk) => {
        try {
          return readAuthenticators(
            await sdk.api.getAuthenticators({ userId: pathSegment(userId) }),
          )
        } catch (error) {
          // Asked beside the first track, which is what makes the user known.
          if (isUnknown(error)) return []
          throw error
        }
      }),

    actions: ({ userId, action, since, state }) =>
      call('actions', async (sdk) => {
        try {
          const found: unknown = await sdk.api.queryUserActions({
            userId: pathSegment(userId),
            fromDate: since.toISOString(),
            ...(action === undefined ? {} : { actionCodes: [action] }),
            ...(state === undefined ? {} : { state: sdk.UserActionState[state] }),
          })
          return readActions(found)
        } catch (error) {
          if (isUnknown(error)) return []
          throw error
        }
      }),

    enrol: (userId, { method, address }) =>
      call('enrol', async (sdk) => {
        await sdk.api.enrollVerifiedAuthenticator({
          userId: pathSegment(userId),
          attributes:
            method === 'SMS'
              ? { verificationMethod: sdk.VerificationMethod.SMS, phoneNumber: address }
              : { verificationMethod: sdk.VerificationMethod.EMAIL_OTP, email: address },
        })
      }),

    removeAuthenticator: (userId, id) =>
      call('removeAuthenticator', async (sdk) => {
        try {
          await sdk.api.deleteAuthenticator({
            userId: pathSegment(userId),
            userAuthenticatorId: pathSegment(id),
          })
        } catch (error) {
          // Gone already: a racing start was faster, or the answer to our own first try got lost.
          if (!isUnknown(error)) throw error
        }
      }),

    deleteUser: (userId) =>
      call('deleteUser', async (sdk) => {
        try {
          await sdk.api.deleteUser({ userId: pathSegment(userId) })
        } catch (error) {
          if (!isUnknown(error)) throw error
        }
      }),
  }
}

/** The SDK puts ids into the path as they are: `../admin` would become another endpoint. */
export function pathSegment(id: string): string {
  if (!id || /^\.+$/.test(id)) throw new Error('not usable as an id')
  return encodeURIComponent(id)
}

/** What is used of the SDK. */
interface Sdk {
  api: Authsignal
  UserActionState: typeof UserActionState
  VerificationMethod: typeof VerificationMethod
}

async function load({ secret, url, timeoutMs }: AuthsignalOptions): Promise<Sdk> {
  const [words, { default: axios }] = await Promise.all([
    import('@authsignal/node'),
    import('axios'),
  ])
  // The SDK has no time-out option but uses this shared instance. A redirect would carry the
  // secret to another host.
  axios.defaults.timeout = timeoutMs
  axios.defaults.maxRedirects = 0
  axios.defaults.maxContentLength = MAX_ANSWER_BYTES
  endCallsWithSignal(axios)
  // `retries: 0` keeps the SDK from patching that instance with a retry of its own.
  const api = new words.Authsignal({ apiSecretKey: secret, apiUrl: url, retries: 0 })
  return { api, ...words }
}

let endsCalls = false

/** The SDK takes no signal, but its axios asks us before each request. */
function endCallsWithSignal({ interceptors }: AxiosStatic): void {
  if (endsCalls) return
  endsCalls = true
  interceptors.request.use((config) => {
    const signal = callSignal()
    return signal === undefined || config.signal !== undefined ? config : { ...config, signal }
  })
}
