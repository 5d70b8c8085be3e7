import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { completeAction, issueAccessToken } from '../completion.ts'
import { read } from '../input.ts'
import { insufficientScope, mayEnrol, readOpenSession, type Session } from '../session.ts'
import { markVerified, type Authenticator } from '../store/authenticator.ts'
import { AUTHENTICATOR_APP, enrolKey, newTotp, stepOf, type TotpKey } from '../totp/keys.ts'

const VerifyBody = Type.Object({ verificationCode: Type.String() })

/** Per user (docs, FAQ page). */
const VERIFIES = { count: 10, windowMinutes: 5 }

export function totpRoutes(app: FastifyInstance, backend: Backend): void {
  app.post('/user-authenticators/totp', async (request) => {
    const session = await readOpenSession(backend, request, AUTHENTICATOR_APP)
    if (!mayEnrol(backend, session)) throw insufficientScope()
    const { user, token } = session
    const totp = newTotp(user)
    const { userAuthenticatorId } = enrolKey(user, { totp, enrolledBy: token.id }, backend.now())
    const { userId } = user
    return { userAuthenticatorId, userId, uri: totp.toString(), secret: totp.secret.base32 }
  })

  app.post('/verify/totp', async (request) => {
    const session = await readOpenSession(backend, request, AUTHENTICATOR_APP)
    const { verificationCode } = read(VerifyBody, request.body)
    backend.limits.take(`verify ${AUTHENTICATOR_APP} ${session.user.userId}`, VERIFIES)

    const candidates = candidatesFor(session)
    // [unconfirmed]: what the real service says to a user without an app.
    if (candidates.length === 0) throw invalidRequest('The user has no authenticator app.')
    const hit = hitBy(candidates, verificationCode, backend.clock.now())
    if (!hit) return { isVerified: false, failureReason: 'CODE_INVALID_OR_EXPIRED' }

    const { key, step, authenticator } = hit
    const isNew = authenticator.verifiedAt === undefined
    // The user may have enrolled elsewhere since the start, so the right is asked for again.
    if (isNew && !mayEnrol(backend, session)) throw insufficientScope()
    key.lastStep = step
    markVerified(session.user, authenticator, backend.now())
    completeAction(backend, session, AUTHENTICATOR_APP, authenticator)
    const accessToken = await issueAccessToken(backend, session)
    return { isVerified: true, accessToken, userAuthenticator: isNew ? authenticator : undefined }
  })
}

interface Candidate {
  authenticator: Authenticator
  key: TotpKey
}

/** The apps enrolled, and the one that this token is enrolling. */
function candidatesFor({ user, token }: Session): Candidate[] {
  return user.authenticators.flatMap((authenticator) => {
    const key = user.totpKeys.get(authenticator.userAuthenticatorId)
    const isUsable = authenticator.verifiedAt !== undefined || key?.enrolledBy === token.id
    return key && isUsable ? [{ authenticator, key }] : []
  })
}

function hitBy(
  candidates: Candidate[],
  code: string,
  at: number,
): (Candidate & { step: number }) | undefined {
  for (const candidate of candidates) {
    const step = stepOf(candidate.key, code, at)
    if (step !== undefined) return { ...candidate, step }
  }
  return undefined
}
