import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** As bytes it would be made into a key object for every digest anew, which costs more than that. */
export type MacKey = KeyObject | Buffer

/**
 * A key for one purpose, made from the one secret that the service and the triggers share. Neither
 * learns more than it knew, and there is no further secret to deploy.
 */
export function derivedKey(authsignalSecret: string, purpose: string): KeyObject {
  const hmac = createHmac('sha256', authsignalSecret).update(`cognito-authsignal-bff ${purpose}`)
  return createSecretKey(hmac.digest())
}
