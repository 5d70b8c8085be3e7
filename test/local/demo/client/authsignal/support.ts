import type { Test } from 'tap'
import type { Windows } from '../../../../../local/demo/client/authsignal/hosted-page.ts'
import type { AuthsignalSdk, SdkAnswer } from '../../../../../local/demo/client/authsignal/sdk.ts'

/** An SDK whose every call does the same; `calls` keeps what was asked of it. */
export function sdkThat(act: () => Promise<SdkAnswer>) {
  const calls: string[] = []
  const done = (call: string) => (calls.push(call), act())
  const code = (name: string) => ({
    challenge: () => done(`${name}.challenge`),
    verify: (params: { code: string }) => done(`${name}.verify ${params.code}`),
    enroll: (params: object) => done(`${name}.enroll ${JSON.stringify(params)}`),
  })
  const sdk: AuthsignalSdk = {
    anonymousId: 'device',
    setToken: (token) => void calls.push(`setToken ${token}`),
    email: code('email'),
    sms: code('sms'),
    whatsapp: code('whatsapp'),
    emailML: code('emailML'),
    totp: { ...code('totp'), enroll: () => done('totp.enroll') },
    passkey: {
      signIn: (params) => done(`passkey.signIn ${JSON.stringify(params)}`),
      signUp: (params) => done(`passkey.signUp ${JSON.stringify(params)}`),
    },
    securityKey: {
      enroll: () => done('securityKey.enroll'),
      verify: () => done('securityKey.verify'),
    },
    launch: () => {
      throw new Error('not in this test')
    },
  }
  return { calls, sdk }
}

export function sdkThatAnswers(answer: SdkAnswer): AuthsignalSdk {
  return sdkThat(async () => answer).sdk
}

export const noWindows: Windows = { openedBy: () => undefined, closeDialog: () => {} }

/** For the time of the test, the browser knows passkeys. */
export function pretendWebAuthn(t: Test): void {
  Object.defineProperty(globalThis, 'PublicKeyCredential', { value: {}, configurable: true })
  t.teardown(() => void Reflect.deleteProperty(globalThis, 'PublicKeyCredential'))
}
