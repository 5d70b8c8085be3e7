import { derivedKey } from '../trigger-protocol/derived-key.ts'
import { readContext, type SignInContext } from '../trigger-protocol/signed-context.ts'
import type { PreSignUpEvent } from './events.ts'

const secret = process.env['AUTHSIGNAL_SECRET']

/**
 * Lets administrators create users, and SignUp only where our service has signed for the address:
 * SignUp is open to whoever has the client id, so a stranger could register anybody's address, and
 * its owner would then meet an unconfirmed user who cannot sign in.
 *
 * Verifies no address but one that Google or Apple vouch for, and that the service found nobody
 * under: otherwise only a passed challenge proves one. In an alias pool the flag would take the
 * address from its holder (AWS docs: user-pool-lambda-pre-sign-up).
 */
export async function handler(event: PreSignUpEvent): Promise<PreSignUpEvent> {
  const isSignUp = event.triggerSource === 'PreSignUp_SignUp'
  const signed = isSignUp ? signedContext(event) : undefined
  if (isSignUp && signed === undefined) throw new Error('SIGN_UP_NOT_ALLOWED')
  event.response = {
    autoConfirmUser: isSignUp,
    autoVerifyEmail: signed?.identifier === 'email' && signed.method !== undefined,
    autoVerifyPhone: false,
  }
  return event
}

function signedContext({ request }: PreSignUpEvent): SignInContext | undefined {
  if (!secret) return undefined
  const key = derivedKey(secret, 'context')
  const { email, phone_number: phoneNumber } = request.userAttributes ?? {}
  // The service makes users of one address; another beside it would come unsigned.
  const [address, another] = [email, phoneNumber].filter(Boolean)
  if (address === undefined || another !== undefined) return undefined
  return readContext(key, address, request.clientMetadata)
}
