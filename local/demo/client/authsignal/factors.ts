import { confirmedBy } from './device.ts'
import { hostedPage, type HostedPage, type Windows } from './hosted-page.ts'
import { linkOpened, type LinkOpened } from './magic-link.ts'
import {
  outcomeOf,
  readChecked,
  readSent,
  type Checked,
  type Confirmed,
  type Sent,
} from './outcomes.ts'
import type { AuthsignalSdk } from './sdk.ts'

/** Codes that are sent, and those an app shows. */
export type CodeMethod = 'email' | 'sms' | 'whatsapp' | 'app'
export type SentMethod = 'email' | 'sms' | 'whatsapp' | 'link'
export type DeviceMethod = 'passkey' | 'key'

/** Every way to take the challenge of a token. Nothing here rejects. */
export interface Factors {
  send: (method: SentMethod, token: string) => Promise<Sent>
  checkCode: (method: CodeMethod, token: string, code: string) => Promise<Checked>
  linkOpened: (token: string, signal: AbortSignal) => Promise<LinkOpened>
  confirm: (method: DeviceMethod, token: string) => Promise<Confirmed>
  page: HostedPage
  forget: () => void
}

export function factors(sdk: AuthsignalSdk, authsignalUrl: string, windows: Windows): Factors {
  // The SDK keeps one token for all: another challenge, or a passkey, may have put its own there.
  const under = (token: string) => {
    sdk.setToken(token)
    return sdk
  }
  return {
    send: (method, token) =>
      outcomeOf(() => under(token)[method === 'link' ? 'emailML' : method].challenge(), readSent),
    checkCode: (method, token, code) =>
      outcomeOf(
        () => under(token)[method === 'app' ? 'totp' : method].verify({ code }),
        readChecked,
      ),
    linkOpened: (token, signal) => linkOpened(authsignalUrl, token, signal),
    confirm: (method, token) =>
      confirmedBy(() =>
        method === 'passkey' ? sdk.passkey.signIn({ token }) : under(token).securityKey.verify(),
      ),
    page: hostedPage(sdk, windows),
    forget: () => sdk.setToken(''),
  }
}
