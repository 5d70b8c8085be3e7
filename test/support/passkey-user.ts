import { LOCAL_TENANT_ID } from '../../local/local-stack.ts'
import { SoftAuthenticator, type SoftCredential } from '../local/authsignal/soft-authenticator.ts'
import type { Stack } from './stack.ts'

/** A person with a device that holds passkeys: calls the client API as Authsignal's SDK would. */
export interface PasskeyUser {
  /** Creates a passkey under a token that may. */
  create(token: string): Promise<SoftCredential>
  /** Takes the challenge of a start with it; answers the validation token. */
  pass(credential: SoftCredential, token: string): Promise<string>
  /** Uses it without saying who it is; answers the validation token. */
  use(credential: SoftCredential, action?: string): Promise<string>
}

interface Answer {
  challengeId: string
  options: { challenge: string }
  accessToken: string
}

const PASSKEY = '/user-authenticators/passkey'

export function passkeyUser(stack: Pick<Stack, 'authsignal'>): PasskeyUser {
  const device = new SoftAuthenticator(stack.authsignal.origin)
  const asTenant = `Basic ${btoa(LOCAL_TENANT_ID)}`

  async function call(authorization: string, path: string, body: object): Promise<Answer> {
    const response = await fetch(`${stack.authsignal.apiUrl}/client${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  async function verify(
    credential: SoftCredential,
    authorization: string,
    begun: object,
  ): Promise<string> {
    const { challengeId, options } = await call(
      authorization,
      `${PASSKEY}/authentication-options`,
      begun,
    )
    const authenticationCredential = device.get(credential, options.challenge)
    const body = { authenticationCredential, challengeId, deviceId: 'device-1' }
    return (await call(authorization, '/verify/passkey', body)).accessToken
  }

  return {
    async create(token) {
      const bearer = `Bearer ${token}`
      const { challengeId, options } = await call(bearer, `${PASSKEY}/registration-options`, {})
      const { credential, answer } = device.create(options.challenge)
      const body = { registrationCredential: answer, conditionalCreate: false, challengeId }
      await call(bearer, PASSKEY, body)
      return credential
    },

    pass: (credential, token) => verify(credential, `Bearer ${token}`, {}),

    async use(credential, action = 'cognitoAuth') {
      return verify(credential, asTenant, await call(asTenant, '/challenge', { action }))
    },
  }
}
