import type { LocalAuthsignal } from '../../local/index.ts'

/** A person with an inbox, an attacker included: calls Authsignal's client API as its SDK would. */
export interface AuthsignalUser {
  call(token: string, path: string, body?: object): Promise<{ status: number; body: ClientAnswer }>
  /** Takes the challenge of an address and answers the validation token. */
  pass(token: string, address: string): Promise<string>
  /** Enrols an authenticator of one's own under somebody's token; undefined when refused. */
  enrolAndPass(token: string, address: string): Promise<string | undefined>
}

interface ClientAnswer {
  accessToken?: string
  isVerified?: boolean
  challengeId?: string
  error?: string
  errorCode?: string
}

const CHANNEL = {
  email: { challenge: '/challenge/email-otp', verify: '/verify/email-otp' },
  sms: { challenge: '/challenge/sms', verify: '/verify/sms' },
}

export function authsignalUser(authsignal: LocalAuthsignal): AuthsignalUser {
  async function call(token: string, path: string, body?: object) {
    const response = await fetch(`${authsignal.apiUrl}/client${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: (await response.json()) as ClientAnswer }
  }

  async function verify(token: string, address: string): Promise<string> {
    const [message] = authsignal.messages(address)
    const { body } = await call(token, CHANNEL[channelOf(address)].verify, {
      verificationCode: message?.code ?? 'none',
    })
    if (!body.accessToken) throw new Error(`challenge not passed: ${JSON.stringify(body)}`)
    return body.accessToken
  }

  return {
    call,
    async pass(token, address) {
      const { body } = await call(token, CHANNEL[channelOf(address)].challenge)
      if (!body.challengeId) throw new Error(`challenge not begun: ${JSON.stringify(body)}`)
      return verify(token, address)
    },
    async enrolAndPass(token, address) {
      const isEmail = channelOf(address) === 'email'
      const { status } = await call(
        token,
        isEmail ? '/user-authenticators/email-otp' : '/user-authenticators/sms',
        isEmail ? { email: address } : { phoneNumber: address },
      )
      return status === 200 ? verify(token, address) : undefined
    },
  }
}

function channelOf(address: string): 'email' | 'sms' {
  return address.includes('@') ? 'email' : 'sms'
}
