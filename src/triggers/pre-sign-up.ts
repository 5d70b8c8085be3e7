import { derivedKey } from '../trigger-protocol/derived-key.ts'
import { readContext } from '../trigger-protocol/signed-context.ts'
import type { PreSignUpEvent } from './events.ts'

const secret = process.env['AUTHSIGNAL_SECRET']

/**
 * Lets administrators create users, and SignUp only where our service has signed for the address:
 * SignUp is open to whoever has the client id, so a stranger could register anybody's address, and
 * its owner would then meet an unconfirmed user who cannot sign in.
 *
 * Never verifies an address, which would take it from its holder in an alias pool (AWS docs:
 * user-pool-lambda-pre-sign-up); only a passed challenge proves one.
 */
export async function handler(event: PreSignUpEvent): Promise<PreSignUpEvent> {
  const isSignUp = event.triggerSource === 'PreSignUp_SignUp'
  if (isSignUp && !isOurs(event)) throw new Error('SIGN_UP_NOT_ALLOWED')
  event.response = { autoConfirmUser: isSignUp, autoVerifyEmail: false, autoVerifyPhone: false }
  return event
}

function isOurs({ request }: PreSignUpEvent): boolean {
  if (!secret) return false
  const key = derivedKey(secret, 'context')
  const { email, phone_number: phoneNumber } = request.userAttributes ?? {}
  // The service makes users of one address; another beside it would come unsigned.
  const [address, another] = [email, phoneNumber].filter(Boolean)
  if (address === undefined || another !== undefined) return false
  return readContext(key, address, request.clientMetadata) !== undefined
}
