import type { VerificationMethod } from '../../store/verification-method.ts'
import { CONTEXT_PATH, type Context } from '../wire.ts'
import { ApiFailure } from './failure.ts'

export interface ChallengeOptions {
  verificationMethods: VerificationMethod[]
  user: { email?: string; phoneNumber?: string }
}

export interface ListedAuthenticator {
  userAuthenticatorId: string
  verificationMethod: VerificationMethod
  createdAt: string
  verifiedAt?: string
  /** Masked, like the phone number. */
  email?: string
  phoneNumber?: string
}

export interface Verified {
  isVerified: boolean
  accessToken?: string
  failureReason?: string
}

export interface NewApp {
  uri: string
  secret: string
}

/** The client API with one token. Whatever goes wrong is an `ApiFailure`. */
export interface ClientApi {
  token: string
  context: () => Promise<Context>
  init: () => Promise<{ challengeOptions: ChallengeOptions }>
  authenticators: () => Promise<ListedAuthenticator[]>
  /** Sends a code or a link to the address that is enrolled. */
  challenge: (method: VerificationMethod) => Promise<object>
  verify: (method: VerificationMethod, verificationCode: string) => Promise<Verified>
  /** Whether the link has been confirmed. */
  finalize: () => Promise<Verified>
  enrolAddress: (method: VerificationMethod, address: string) => Promise<object>
  enrolApp: () => Promise<NewApp>
  post: <T extends object>(path: string, body?: object) => Promise<T>
}

const PATHS: Readonly<Record<VerificationMethod, string>> = {
  EMAIL_OTP: 'email-otp',
  EMAIL_MAGIC_LINK: 'email-magic-link',
  SMS: 'sms',
  WHATSAPP: 'whatsapp',
  AUTHENTICATOR_APP: 'totp',
  PASSKEY: 'passkey',
  SECURITY_KEY: 'security-key',
}

const CLIENT_API = '/v1/client'
const TIMEOUT_MS = 30_000

export function clientApi(token: string, origin = ''): ClientApi {
  const get = <T extends object>(path: string) => call<T>(`${origin}${path}`, token, 'GET')
  const post = <T extends object>(path: string, body?: object) =>
    call<T>(`${origin}${CLIENT_API}${path}`, token, 'POST', body)
  return {
    token,
    context: () => get(CONTEXT_PATH),
    init: () => post('/init', {}),
    authenticators: () => get(`${CLIENT_API}/user-authenticators`),
    challenge: (method) => post(`/challenge/${PATHS[method]}`),
    verify: (method, verificationCode) => post(`/verify/${PATHS[method]}`, { verificationCode }),
    finalize: () => post('/verify/email-magic-link/finalize', {}),
    enrolAddress: (method, address) =>
      post(`/user-authenticators/${PATHS[method]}`, {
        [method === 'SMS' ? 'phoneNumber' : 'email']: address,
      }),
    enrolApp: () => post('/user-authenticators/totp'),
    post,
  }
}

async function call<T extends object>(
  url: string,
  token: string,
  method: string,
  body?: object,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new ApiFailure('no_connection', 0)
  })
  const answer = await read<T>(response)
  if (!response.ok || 'errorCode' in answer) {
    throw new ApiFailure(answer.errorCode ?? UNUSABLE, response.status)
  }
  return answer
}

const UNUSABLE = 'unusable_answer'

/** What is no JSON may be the page of a proxy, or half an answer. */
async function read<T extends object>(response: Response): Promise<T & { errorCode?: string }> {
  try {
    return JSON.parse(await response.text())
  } catch {
    throw new ApiFailure(UNUSABLE, response.status)
  }
}
