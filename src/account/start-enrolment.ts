import { ServiceError } from '../errors.ts'
import type { Connection } from '../sign-in/client-context.ts'
import { refused } from '../sign-in/earlier-proof.ts'
import { parseIdentifier } from '../sign-in/identifier.ts'
import { checkRedirectUrl } from '../sign-in/redirect-url.ts'
import { isBlocked } from '../trigger-protocol/states.ts'
import { callerOf } from './caller.ts'
import type { AccountDeps } from './deps.ts'
import { requireRecentProof } from './recent-proof.ts'

/** The Authsignal action under which authenticators are added (docs: aws-cognito/authenticators). */
export const ADD_AUTHENTICATOR = 'addAuthenticator'

export interface StartEnrolmentInput extends Connection {
  email?: string
  phoneNumber?: string
  redirectUrl?: string
}

export interface StartedEnrolment {
  token: string
  url: string
}

/**
 * Gives the client a token with which the Authsignal SDK or page enrols one more way in. An address
 * is a wish until it is proven.
 * @throws ServiceError `invalid_request`, `redirect_url_not_allowed`, `step_up_required`,
 *   `sign_in_blocked`, `invalid_token`, `upstream_*`
 */
export async function startEnrolment(
  deps: AccountDeps,
  accessToken: string,
  input: StartEnrolmentInput,
): Promise<StartedEnrolment> {
  const { email, phoneNumber, redirectUrl, ...connection } = input
  const wish = addressIn({ email, phoneNumber })
  checkRedirectUrl(redirectUrl, deps.settings.allowedRedirectUrls)
  const caller = await callerOf(deps, accessToken)
  // The token can add a way in for good, so a stolen access token alone must not lead to one.
  await requireRecentProof(deps, caller)

  const { sub: userId, username, signInId } = caller.bearer
  const of = { purpose: 'enrolment', userId, action: ADD_AUTHENTICATOR, signInId } as const
  const { state, token, url } = await deps.authsignal.track({
    userId,
    action: ADD_AUTHENTICATOR,
    idempotencyKey: deps.attempts.issue(of),
    attributes: {
      username,
      scope: 'add:authenticators',
      ...connection,
      ...wish,
      ...(redirectUrl === undefined ? {} : { redirectUrl }),
    },
  })
  if (isBlocked(state)) throw new ServiceError('sign_in_blocked')
  if (state !== 'ALLOW' && state !== 'CHALLENGE_REQUIRED') throw refused('unknown_state')
  return { token, url }
}

function addressIn(given: { email: string | undefined; phoneNumber: string | undefined }): {
  email?: string
  phoneNumber?: string
} {
  const { email, phoneNumber } = given
  if (email !== undefined && phoneNumber !== undefined) {
    const detail = 'Send at most one of email and phoneNumber.'
    throw new ServiceError('invalid_request', { errors: [{ pointer: '', detail }] })
  }
  if (email !== undefined) return { email: parseIdentifier({ email }).value }
  if (phoneNumber !== undefined) return { phoneNumber: parseIdentifier({ phoneNumber }).value }
  return {}
}
