import { createHmac } from 'node:crypto'

/**
 * A key for one purpose, made from the one secret that the service and the triggers share. Neither
 * learns more than it knew, and there is no further secret to deploy.
 */
export function derivedKey(authsignalSecret: string, purpose: string): Buffer {
  return createHmac('sha256', authsignalSecret).update(`cognito-authsignal-bff ${purpose}`).digest()
}
