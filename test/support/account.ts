import { Authsignal, type VerificationMethod } from '@authsignal/node'
import type { Test } from 'tap'
import { TOTP, URI } from 'otpauth'
import { startStack, type Answer, type Stack, type StackOptions } from './stack.ts'

export const EMAIL = 'ada@example.com'
export const PHONE = '+6421234567'
export const MINUTE = 60_000

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Somebody who has signed in. */
export interface SignedIn {
  sub: string
  accessToken: string
  idToken: string
  refreshToken: string
  call(method: Method, path: string, body?: object): Promise<Answer>
}

export interface AccountStack extends Stack {
  /** Signs in for real, `minutesAgo` if told so. */
  signInAs(email: string, options?: { minutesAgo?: number }): Promise<SignedIn>
  call(method: Method, path: string, authorization?: string, body?: object): Promise<Answer>
  /** Authsignal's server API, as an operator would use it. */
  server: Authsignal
  /** Operations of Authsignal's server API since the last look. */
  authsignalCalls(): string[]
  /** Enrols an app under the token, takes its challenge, and answers the validation token. */
  enrolApp(token: string): Promise<{ proof: string; app: TOTP }>
  methodsOf(sub: string): VerificationMethod[]
}

export async function startAccountStack(
  t: Test,
  options: StackOptions = {},
): Promise<AccountStack> {
  const stack = await startStack(t, options)
  const call: AccountStack['call'] = (method, path, authorization, body) =>
    request(`${stack.url}${path}`, method, authorization, body)
  const server = new Authsignal({
    apiSecretKey: stack.serviceEnv['AUTHSIGNAL_SECRET']!,
    apiUrl: stack.authsignal.apiUrl,
    retries: 0,
  })
  return {
    ...stack,
    call,
    server,
    authsignalCalls: () =>
      stack.authsignal.calls
        .splice(0)
        .map(({ operation }) => operation)
        .filter((operation) => !operation.includes('/client/')),
    async signInAs(email, { minutesAgo = 0 } = {}) {
      stack.cognito.clock.advance(-minutesAgo * MINUTE)
      const { status, body } = await stack.signIn({ email })
      stack.cognito.clock.advance(minutesAgo * MINUTE)
      if (status !== 200) throw new Error(`sign-in answered ${status} ${body.code}`)
      const [, payload = ''] = String(body.accessToken).split('.')
      const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }
      return {
        ...body,
        sub,
        call: (method, path, given) => call(method, path, `Bearer ${body.accessToken}`, given),
      }
    },
    async enrolApp(token) {
      const { body: enrolled } = await stack.user.call(token, '/user-authenticators/totp')
      const app = URI.parse((enrolled as { uri: string }).uri) as TOTP
      const proof = await passApp(stack, token, app)
      return { proof, app }
    },
    methodsOf: (sub) =>
      (stack.authsignal.users.get(sub)?.authenticators ?? []).map(
        ({ verificationMethod }) => verificationMethod as VerificationMethod,
      ),
  }
}

/** Takes the challenge of an authenticator app. */
export async function passApp(stack: Stack, token: string, app: TOTP): Promise<string> {
  const verificationCode = app.generate({ timestamp: stack.authsignal.clock.now() })
  const { body } = await stack.user.call(token, '/verify/totp', { verificationCode })
  if (!body.accessToken) throw new Error(`challenge not passed: ${JSON.stringify(body)}`)
  return body.accessToken
}

async function request(
  url: string,
  method: Method,
  authorization?: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}
