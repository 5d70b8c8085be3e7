import { Authsignal } from '@authsignal/browser'
import { accountApi, type AccountApi } from './api/account-api.ts'
import { callsTo } from './api/call.ts'
import { paymentApi, type PaymentApi } from './api/payment-api.ts'
import { signInApi, type SignInApi } from './api/sign-in-api.ts'
import { stepUpApi, type StepUpApi } from './api/step-up-api.ts'
import { tokenApi, type TokenApi } from './api/token-api.ts'
import { enrolments, type Enrolments } from './authsignal/enrolments.ts'
import { factors, type Factors } from './authsignal/factors.ts'
import { passkeyFirst, type PasskeyFirst } from './authsignal/passkey-first.ts'
import type { AuthsignalSdk } from './authsignal/sdk.ts'
import type { Config } from './config.ts'
import { browserWindows } from './view/windows.ts'
import { localIdTokens, type IdTokens } from './sign-in/id-tokens.ts'

/** Everything the page talks to. */
export interface Connection {
  signIn: SignInApi
  tokens: TokenApi
  account: AccountApi
  stepUp: StepUpApi
  payments: PaymentApi
  idTokens: IdTokens
  deviceId: string
  factors: Factors
  passkeys: PasskeyFirst
  enrolments: Enrolments
}

export function connect({ apiUrl, authsignalUrl, tenantId, idTokenUrl = '' }: Config): Connection {
  const sdk: AuthsignalSdk = new Authsignal({ baseUrl: authsignalUrl, tenantId })
  const service = callsTo(apiUrl)
  return {
    signIn: signInApi(service),
    tokens: tokenApi(service),
    account: accountApi(service),
    stepUp: stepUpApi(service),
    payments: paymentApi(callsTo('')),
    idTokens: localIdTokens(callsTo(idTokenUrl)),
    deviceId: sdk.anonymousId,
    factors: factors(sdk, authsignalUrl, browserWindows()),
    passkeys: passkeyFirst(sdk),
    enrolments: enrolments(sdk),
  }
}
