import type { PreSignUpEvent } from './events.ts'

/**
 * Lets administrators create users and refuses SignUp, which is open to whoever has the client id:
 * a stranger could register anybody's address, and its owner would then meet an unconfirmed user
 * who cannot sign in. Confirms and verifies nothing on the way (AWS docs: user-pool-lambda-pre-sign-up);
 * only a passed challenge proves an address.
 */
export async function handler(event: PreSignUpEvent): Promise<PreSignUpEvent> {
  if (event.triggerSource === 'PreSignUp_SignUp') throw new Error('SIGN_UP_NOT_ALLOWED')
  event.response = { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false }
  return event
}
