import type { Test } from 'tap'
import { ENVIRONMENT } from '../support/config.ts'
import { freePort } from '../../scripts/free-port.ts'
import {
  createContainer,
  untilOk,
  type Container,
  type Running,
  type runAsItsUser,
  type runLockedDown,
} from './container.ts'
import { startUpstream, type Upstream } from './upstream.ts'

type Run = typeof runAsItsUser | typeof runLockedDown

export interface Service {
  container: Container
  running: Running
  env: Record<string, string>
  upstream: Upstream
  url: string
  admin: string
  post: (path: string, body: object) => Promise<Response>
}

/** The image at work, against a stub of Cognito on this machine's network. */
export async function startService(
  t: Test,
  run: Run,
  variables: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const container = await createContainer()
  t.teardown(() => container.remove())
  const upstream = await startUpstream(ENVIRONMENT['COGNITO_CLIENT_ID']!)
  t.teardown(() => upstream.close())
  const ports = { PORT: await freePort(), ADMIN_PORT: await freePort() }
  const env = {
    ...ENVIRONMENT,
    PORT: String(ports.PORT),
    ADMIN_PORT: String(ports.ADMIN_PORT),
    COGNITO_ENDPOINT: upstream.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    START_SIGN_IN_FLOOR_MS: '0',
    ...variables,
  }
  const running = run(container, env)
  // tap tears down in reverse: the process goes before its files do.
  t.teardown(() => running.kill())
  const url = `http://127.0.0.1:${ports.PORT}`
  const admin = `http://127.0.0.1:${ports.ADMIN_PORT}`
  await untilOk(`${admin}/health/ready`, running)
  return {
    container,
    running,
    env,
    upstream,
    url,
    admin,
    post: (path, body) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}
