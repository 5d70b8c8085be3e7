import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { invalidRequest } from '../api-error.ts'
import type { Backend } from '../backend.ts'
import { completeWithAddress, issueAccessToken } from '../completion.ts'
import { challengeDestination, isStillThere } from '../destination.ts'
import { Email, read } from '../input.ts'
import { MAGIC_LINK, sendMagicLink } from '../magic-link/links.ts'
import { insufficientScope, mayEnrol, readOpenSession } from '../session.ts'
import { startEnrolment } from '../store/authenticator.ts'

const EnrolBody = Type.Object({ email: Email })

/** Its authenticators are its own: one for codes by mail is no address for links; [unconfirmed]. */
export function magicLinkRoutes(app: FastifyInstance, backend: Backend): void {
  app.post('/user-authenticators/email-magic-link', async (request) => {
    const session = await readOpenSession(backend, request, MAGIC_LINK)
    const { email } = read(EnrolBody, request.body)
    if (!mayEnrol(backend, session)) throw insufficientScope()

    const { user } = session
    const address = { kind: 'email', value: email } as const
    const { userAuthenticatorId } = startEnrolment(user, MAGIC_LINK, address, backend.now())
    const destination = { address, userAuthenticatorId, isEnrolment: true }
    const { challengeId } = await sendMagicLink(backend, session, destination)
    return { challengeId, userAuthenticatorId, userId: user.userId }
  })

  app.post('/challenge/email-magic-link', async (request) => {
    const session = await readOpenSession(backend, request, MAGIC_LINK)
    const destination = challengeDestination(session, MAGIC_LINK, 'email')
    const { challengeId } = await sendMagicLink(backend, session, destination)
    return { challengeId }
  })

  // Polled by the page that waits, with the token it started with. The action completes here, not
  // on the click, so that whoever only clicks gets nothing; [unconfirmed], as is that it works once.
  app.post('/verify/email-magic-link/finalize', async (request) => {
    const session = await readOpenSession(backend, request, MAGIC_LINK)
    const link = backend.magicLinks.ofToken(session.token.id)
    if (!link) throw invalidRequest('No challenge was started with this token.')
    if (link.state !== 'confirmed' || !isStillThere(session, link)) return { isVerified: false }

    const enrolled = completeWithAddress(backend, session, MAGIC_LINK, link)
    link.state = 'used'
    const accessToken = await issueAccessToken(backend, session)
    return { isVerified: true, accessToken, userAuthenticator: enrolled }
  })
}
