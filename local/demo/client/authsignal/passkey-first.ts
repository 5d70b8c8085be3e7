import { confirmedBy } from './device.ts'
import type { Confirmed } from './outcomes.ts'
import type { AuthsignalSdk } from './sdk.ts'

/** The action that the service tracks sign-ins under (its ACTION_CODE). */
const SIGN_IN_ACTION = 'cognitoAuth'

/** Signing in with a passkey that says itself whose it is, before anybody has typed anything. */
export interface PasskeyFirst {
  ask(): Promise<Confirmed>
  /**
   * Offers passkeys among the browser's suggestions for the field, and waits until one is picked;
   * undefined when the offer has come to nothing.
   */
  offerInField(): Promise<Picked | undefined>
}

export type Picked = Extract<Confirmed, { outcome: 'verified' | 'refused' }>

export function passkeyFirst(sdk: AuthsignalSdk): PasskeyFirst {
  const action = SIGN_IN_ACTION
  return {
    ask: () => confirmedBy(() => sdk.passkey.signIn({ action })),
    async offerInField() {
      // Answers `{}` while an earlier offer is still up.
      const picked = await confirmedBy(() => sdk.passkey.signIn({ action, autofill: true }))
      // Nobody has asked for anything, so nobody wants to hear that the browser has no such thing,
      // or that another request for a passkey has ended the offer.
      return picked.outcome === 'verified' || picked.outcome === 'refused' ? picked : undefined
    },
  }
}
