import { callAsTenant, startForTest, type Answer, type TestAuthsignal } from './support.ts'
import type { Test } from 'tap'
import { SoftAuthenticator, type Lies, type SoftCredential } from './soft-authenticator.ts'

export const ORIGIN = 'https://app.example.com'
export const RP_ID = 'example.com'
export const REGISTRATION_OPTIONS = '/user-authenticators/passkey/registration-options'
export const AUTHENTICATION_OPTIONS = '/user-authenticators/passkey/authentication-options'

interface Options {
  challengeId: string
  options: Record<string, unknown> & { challenge: string }
}

export interface PasskeyTest extends TestAuthsignal {
  device: SoftAuthenticator
  /** Begins with the token. */
  registrationOptions: (token: string, body?: object) => Promise<Options>
  register: (token: string, lies?: Lies) => Promise<{ credential: SoftCredential; answer: Answer }>
  /** A passkey of a user who had none. */
  enrol: (userId: string) => Promise<SoftCredential>
  /** All of a sign-in with a token. */
  signIn: (token: string, credential: SoftCredential, lies?: Lies) => Promise<Answer>
  /** All of a sign-in without one. */
  signInUsernameless: (credential: SoftCredential, action?: string, lies?: Lies) => Promise<Answer>
  asTenant: (path: string, body?: object, tenantId?: string) => Promise<Answer>
}

export const optionsOf = ({ body }: Answer): Options => body as unknown as Options

export async function startPasskeyTest(t: Test): Promise<PasskeyTest> {
  const test = await startForTest(t, { passkeys: { rpId: RP_ID, origins: [ORIGIN] } })
  const { client, server, local } = test
  const device = new SoftAuthenticator(ORIGIN, RP_ID)
  const asTenant: PasskeyTest['asTenant'] = (...args) => callAsTenant(local, ...args)
  const registrationOptions: PasskeyTest['registrationOptions'] = async (token, body = {}) =>
    optionsOf(await client(token, REGISTRATION_OPTIONS, body))
  const register: PasskeyTest['register'] = async (token, lies) => {
    const { challengeId, options } = await registrationOptions(token)
    const { credential, answer } = device.create(options.challenge, lies)
    const body = { registrationCredential: answer, conditionalCreate: false, challengeId }
    return { credential, answer: await client(token, '/user-authenticators/passkey', body) }
  }
  return {
    ...test,
    device,
    asTenant,
    registrationOptions,
    register,
    async enrol(userId) {
      const { token } = await server.track({ userId, action: 'signUp' })
      return (await register(token)).credential
    },
    async signIn(token, credential, lies) {
      const begun = await client(token, AUTHENTICATION_OPTIONS, {})
      const { challengeId, options } = optionsOf(begun)
      const authenticationCredential = device.get(credential, options.challenge, lies)
      const body = { authenticationCredential, deviceId: 'd1', challengeId }
      return client(token, '/verify/passkey', body)
    },
    async signInUsernameless(credential, action, lies) {
      const challenge = action ? (await asTenant('/challenge', { action })).body : {}
      const { challengeId, options } = optionsOf(await asTenant(AUTHENTICATION_OPTIONS, challenge))
      const authenticationCredential = device.get(credential, options.challenge, lies)
      const body = { authenticationCredential, deviceId: 'd1', challengeId }
      return asTenant('/verify/passkey', body)
    },
  }
}
