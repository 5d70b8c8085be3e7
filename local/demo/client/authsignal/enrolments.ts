import { stringIn } from '../json.ts'
import { confirmedBy } from './device.ts'
import { outcomeOf, readChecked, type Checked, type Confirmed, type Failure } from './outcomes.ts'
import type { DeviceMethod } from './factors.ts'
import type { AuthsignalSdk } from './sdk.ts'

export type AddressMethod = 'email' | 'sms'
export type EnrolledCodeMethod = AddressMethod | 'app'

export type Begun = { outcome: 'begun' } | Failure
/** What an authenticator app needs, as the text of a QR code and for those who type. */
export type AppKey = { outcome: 'begun'; uri: string; secret: string } | Failure

/** Adding authenticators, with the token that the service gives for it. Nothing here rejects. */
export interface Enrolments {
  sendCode: (method: AddressMethod, token: string, address: string) => Promise<Begun>
  newAppKey: (token: string) => Promise<AppKey>
  checkCode: (method: EnrolledCodeMethod, token: string, code: string) => Promise<Checked>
  create: (method: DeviceMethod, token: string) => Promise<Confirmed>
}

export function enrolments(sdk: AuthsignalSdk): Enrolments {
  const under = (token: string) => {
    sdk.setToken(token)
    return sdk
  }
  return {
    sendCode: (method, token, address) =>
      outcomeOf(
        () =>
          method === 'email'
            ? under(token).email.enroll({ email: address })
            : under(token).sms.enroll({ phoneNumber: address }),
        readBegun,
      ),
    newAppKey: (token) => outcomeOf(() => under(token).totp.enroll(), readAppKey),
    checkCode: (method, token, code) =>
      outcomeOf(
        () => under(token)[method === 'app' ? 'totp' : method].verify({ code }),
        readChecked,
      ),
    create: (method, token) =>
      confirmedBy(() =>
        method === 'passkey'
          ? // Without a username: Authsignal's user has the one by which Cognito will be asked, and a
            // name given here might take its place (docs: aws-cognito/passkeys).
            sdk.passkey.signUp({ token })
          : under(token).securityKey.enroll(),
      ),
  }
}

function readBegun(data: unknown): Begun {
  return stringIn(data, 'userAuthenticatorId') ? { outcome: 'begun' } : { outcome: 'unavailable' }
}

function readAppKey(data: unknown): AppKey {
  const uri = stringIn(data, 'uri')
  const secret = stringIn(data, 'secret')
  return uri && secret ? { outcome: 'begun', uri, secret } : { outcome: 'unavailable' }
}
