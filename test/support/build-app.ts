import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp, type AppOptions } from '../../src/app.ts'
import { loggerOptions } from '../../src/http/logging.ts'
import type { UseCases } from '../../src/app.ts'

export const STARTED = {
  session: 's1.sealed',
  token: 'a.b.c',
  url: 'https://mfa.example',
  expiresIn: 180,
}
export const TOKENS = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 3600 }

export interface TestApp {
  app: FastifyInstance
  /** What the use cases were called with. */
  calls: [keyof UseCases, unknown][]
  /** What was logged, line by line; only when `logs` is on. */
  lines: string[]
}

/** The app over use cases that succeed; each may be replaced. */
export async function buildTestApp(
  t: Test,
  overrides: Partial<UseCases & AppOptions> & { logs?: boolean } = {},
): Promise<TestApp> {
  const { startSignIn, finishSignIn, refreshTokens, signOut, signOutEverywhere, logs, ...options } =
    overrides
  const calls: TestApp['calls'] = []
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const app = await buildApp(
    {
      startSignIn: (input) => {
        calls.push(['startSignIn', input])
        return startSignIn?.(input) ?? Promise.resolve(STARTED)
      },
      finishSignIn: (input) => {
        calls.push(['finishSignIn', input])
        return finishSignIn?.(input) ?? Promise.resolve(TOKENS)
      },
      refreshTokens: (refreshToken) => {
        calls.push(['refreshTokens', refreshToken])
        return refreshTokens?.(refreshToken) ?? Promise.resolve(TOKENS)
      },
      signOut: (refreshToken) => {
        calls.push(['signOut', refreshToken])
        return signOut?.(refreshToken) ?? Promise.resolve()
      },
      signOutEverywhere: (accessToken) => {
        calls.push(['signOutEverywhere', accessToken])
        return signOutEverywhere?.(accessToken) ?? Promise.resolve()
      },
    },
    {
      version: '1.2.3',
      ...(logs === true ? { logger: { ...loggerOptions('trace'), stream } } : {}),
      ...options,
    },
  )
  t.teardown(() => app.close())
  return { app, calls, lines }
}

export const ROUTES = [
  { path: '/start-sign-in', body: { email: 'ada@example.com' } },
  { path: '/finish-sign-in', body: { session: 's1.sealed', token: 'a.b.c' } },
] as const
