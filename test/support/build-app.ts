import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp, type AppOptions, type UseCases } from '../../src/app.ts'
import { loggerOptions } from '../../src/http/logging.ts'

export const STARTED = {
  session: 's1.sealed',
  token: 'a.b.c',
  url: 'https://mfa.example',
  expiresIn: 180,
}
export const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }
export const PROFILE = { userId: 'sub-1', email: 'ada@example.com', emailVerified: true }
export const AUTHENTICATOR = {
  authenticatorId: 'authenticator-1',
  verificationMethod: 'EMAIL_OTP',
  createdAt: '2026-11-22T09:30:00Z',
  email: 'a***@example.com',
}
const STEPPED_UP = {
  state: 'CHALLENGE_SUCCEEDED',
  verificationMethod: 'PASSKEY',
  attempt: 'attempt-1',
}

/** What each use case answers unless a test says otherwise. */
const ANSWERS: { [Name in keyof UseCases]: Awaited<ReturnType<UseCases[Name]>> } = {
  startSignIn: STARTED,
  finishSignIn: TOKENS,
  signInWithPasskey: TOKENS,
  signInWithIdToken: TOKENS,
  refreshTokens: TOKENS,
  signOut: undefined,
  signOutEverywhere: undefined,
  getMe: PROFILE,
  updateMe: PROFILE,
  deleteMe: undefined,
  listAuthenticators: { authenticators: [AUTHENTICATOR] },
  startEnrolment: { token: 'a.b.c', url: 'https://mfa.example' },
  finishEnrolment: AUTHENTICATOR,
  removeAuthenticator: undefined,
  startStepUp: { state: 'ALLOW', attempt: 'attempt-1' },
  finishStepUp: STEPPED_UP,
}

export interface TestApp {
  app: FastifyInstance
  /** What the use cases were called with. */
  calls: [string, unknown][]
  /** What was logged, line by line; only when `logs` is on. */
  lines: string[]
}

/** The app over use cases that succeed; each may be replaced. */
export async function buildTestApp(
  t: Test,
  overrides: Partial<UseCases & AppOptions> & { logs?: boolean } = {},
): Promise<TestApp> {
  const { logs, ...rest } = overrides
  const calls: TestApp['calls'] = []
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const useCases = Object.fromEntries(
    Object.entries(ANSWERS).map(([name, answer]) => [
      name,
      (...args: unknown[]) => {
        calls.push([name, args.length > 1 ? args : args[0]])
        const given: unknown = Reflect.get(rest, name)
        return typeof given === 'function' ? given(...args) : Promise.resolve(answer)
      },
    ]),
  ) as unknown as UseCases
  const app = await buildApp(useCases, {
    version: '1.2.3',
    ...(logs === true ? { logger: { ...loggerOptions('trace'), stream } } : {}),
    ...rest,
  })
  t.teardown(() => app.close())
  return { app, calls, lines }
}

export const ROUTES = [
  { path: '/start-sign-in', body: { email: 'ada@example.com' } },
  { path: '/finish-sign-in', body: { session: 's1.sealed', token: 'a.b.c' } },
] as const
