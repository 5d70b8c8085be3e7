import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { Call } from '../../local/index.ts'
import {
  startLocalStack,
  type LocalStack,
  type LocalStackOptions,
} from '../../local/local-stack.ts'
import { parseConfig } from '../../src/config.ts'
import { buildService } from '../../src/service.ts'
import { authsignalUser, type AuthsignalUser } from './authsignal-user.ts'
import { WITHOUT_LIMITS } from './config.ts'

// The AWS default chain reads the environment; the stand-in takes any credentials.
process.env['AWS_ACCESS_KEY_ID'] = 'local'
process.env['AWS_SECRET_ACCESS_KEY'] = 'local'

export interface Answer {
  status: number
  headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes
  body: any
}

/** The service on a real port, between both stand-ins. */
export interface Stack extends LocalStack {
  service: FastifyInstance
  url: string
  log: string[]
  start(body: object): Promise<Answer>
  finish(body: object): Promise<Answer>
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>
  /** What the Authsignal SDK does in the client. */
  user: AuthsignalUser
  /** Names of the Cognito calls since the last look. */
  cognitoCalls(): string[]
  /** The whole dance for one address. */
  signIn(identifier: { email?: string; phoneNumber?: string }): Promise<Answer>
}

export type StackOptions = Omit<LocalStackOptions, 'triggersDir'> & {
  env?: Record<string, string>
}

/** No answer is held back, and none is refused because the machine is slow or a test asks often. */
const AT_ANY_SPEED = {
  START_SIGN_IN_FLOOR_MS: '0',
  MAX_EVENT_LOOP_DELAY_MS: '0',
  ...WITHOUT_LIMITS,
}

export async function startStack(t: Test, options: StackOptions = {}): Promise<Stack> {
  const { env = {}, ...rest } = options
  const local = await startLocalStack({ triggersDir: 'dist/triggers', ...rest })
  const log: string[] = []
  const config = parseConfig({ ...local.serviceEnv, ...AT_ANY_SPEED, ...env })
  const app = await buildService(config, { write: (line) => void log.push(line) })
  await app.listen({ port: 0, host: 'localhost' })
  t.teardown(async () => {
    await app.close()
    await local.close()
  })
  const url = `http://localhost:${(app.server.address() as AddressInfo).port}`
  const user = authsignalUser(local.authsignal)
  const start = (body: object) => post(`${url}/start-sign-in`, body)
  const finish = (body: object) => post(`${url}/finish-sign-in`, body)

  return {
    ...local,
    service: app,
    url,
    log,
    start,
    finish,
    post: (path, body, headers) => post(`${url}${path}`, body, headers),
    user,
    cognitoCalls: () => local.cognito.calls.splice(0).map(({ operation }: Call) => operation),
    async signIn(identifier) {
      const started = await start(identifier)
      if (started.status !== 200) return started
      const { session, token } = started.body
      return finish({ session, token: await user.pass(token, Object.values(identifier)[0] ?? '') })
    },
  }
}

export async function post(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}
