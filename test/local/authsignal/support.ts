import { Authsignal } from '@authsignal/node'
import type { Test } from 'tap'
import {
  startLocalAuthsignal,
  type LocalAuthsignal,
  type LocalAuthsignalOptions,
} from '../../../local/authsignal/index.ts'

export const SECRET = 'local-secret-key-of-the-tests'
export const TENANT_ID = '5b1e7c0a-8a4b-4b39-9c55-0d6f2d1f8a11'
export const MINUTE = 60_000

export interface Answer {
  status: number
  body: Record<string, unknown>
}

export interface TestAuthsignal {
  local: LocalAuthsignal
  /** The real SDK of the server side, over the socket. */
  server: Authsignal
  /** Calls the client API byte for byte as the browser SDK does. */
  client: (token: string, path: string, body?: object) => Promise<Answer>
  /** The newest code sent to the address. */
  code: (to: string) => string
}

export async function startForTest(
  t: Test,
  options: Partial<LocalAuthsignalOptions> = {},
): Promise<TestAuthsignal> {
  const local = await startLocalAuthsignal({ secret: SECRET, tenantId: TENANT_ID, ...options })
  t.teardown(() => local.close())
  return {
    local,
    server: new Authsignal({ apiSecretKey: SECRET, apiUrl: local.apiUrl, retries: 0 }),
    client: (token, path, body) => callClient(local, token, path, body),
    code: (to) => local.messages(to)[0]?.code ?? 'no code was sent',
  }
}

async function callClient(
  { apiUrl }: LocalAuthsignal,
  token: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${apiUrl}/client${path}`, {
    method: 'POST',
    // The content type goes out even when there is no body.
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  })
  return answerOf(response)
}

export async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** Calls the client API with nothing but the tenant's public id, as the browser SDK encodes it. */
export async function callAsTenant(
  { apiUrl }: LocalAuthsignal,
  path: string,
  body?: object,
  tenantId = TENANT_ID,
): Promise<Answer> {
  const response = await fetch(`${apiUrl}/client${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa(tenantId)}` },
    ...(body && { body: JSON.stringify(body) }),
  })
  return answerOf(response)
}

/** Every error must carry all three keys, whoever reads it. */
export function isError(t: Test, { status, body }: Answer, wanted: [number, string]): void {
  t.strictSame([status, body['error']], wanted)
  t.strictSame(Object.keys(body).toSorted(), ['error', 'errorCode', 'errorDescription'])
  t.equal(body['errorCode'], body['error'])
}

/** What the node SDK throws for such an error; for `t.rejects`. */
export function sdkError(
  statusCode: number,
  errorCode?: string,
): { name: string; statusCode: number; errorCode?: string } {
  return { name: 'AuthsignalError', statusCode, ...(errorCode !== undefined && { errorCode }) }
}

/** A six-digit code that is certainly not the given one. */
export function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000'
}

/** Lets a user have a verified mail address, as the server side does for known ones. */
export async function enrolEmail(
  { apiUrl }: LocalAuthsignal,
  userId: string,
  email: string,
): Promise<Answer> {
  const response = await fetch(`${apiUrl}/users/${userId}/authenticators`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Basic ${Buffer.from(`${SECRET}:`).toString('base64')}`,
    },
    body: JSON.stringify({ verificationMethod: 'EMAIL_OTP', email }),
  })
  return answerOf(response)
}
