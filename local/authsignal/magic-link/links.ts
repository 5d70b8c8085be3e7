import { randomBytes, randomUUID } from 'node:crypto'
import type { Backend } from '../backend.ts'
import type { Destination } from '../destination.ts'
import type { Session } from '../session.ts'
import { isOpen, type Action } from '../store/action.ts'
import { BoundedMap } from '../store/bounded-map.ts'
import type { UserRecord } from '../store/user.ts'

export const MAGIC_LINK = 'EMAIL_MAGIC_LINK'

export interface MagicLink extends Destination {
  challengeId: string
  /** What the mail carries: 256 bits that mean nothing by themselves. */
  secret: string
  user: UserRecord
  action: Action
  /** That of the token it was asked for with. */
  expiresAt: number
  state: 'sent' | 'confirmed' | 'used'
}

const LINKS_KEPT = 10_000
/** Per user (docs, FAQ page). */
const SENDS = { count: 12, windowMinutes: 10 }

/** Every link there is: found by its secret from the mail, and by the token that started it. */
export class MagicLinks {
  readonly #bySecret = new BoundedMap<string, MagicLink>(LINKS_KEPT)
  readonly #byTokenId = new BoundedMap<string, MagicLink>(LINKS_KEPT)

  /** An earlier link of the same token is void from then on. */
  add(tokenId: string, link: MagicLink): void {
    const earlier = this.#byTokenId.get(tokenId)
    if (earlier) this.#bySecret.delete(earlier.secret)
    this.#byTokenId.set(tokenId, link)
    this.#bySecret.set(link.secret, link)
  }

  ofToken(tokenId: string): MagicLink | undefined {
    return this.#byTokenId.get(tokenId)
  }

  ofSecret(secret: string): MagicLink | undefined {
    return this.#bySecret.get(secret)
  }
}

export async function sendMagicLink(
  backend: Backend,
  { user, token, action }: Session,
  destination: Destination,
): Promise<MagicLink> {
  backend.limits.take(`send ${MAGIC_LINK} ${user.userId}`, SENDS)
  const link: MagicLink = {
    ...destination,
    challengeId: randomUUID(),
    secret: randomBytes(32).toString('base64url'),
    user,
    action,
    expiresAt: token.expiresAt,
    state: 'sent',
  }
  const message = {
    to: destination.address.value,
    url: `${backend.publicOrigin()}/magic-link?token=${link.secret}`,
  }
  const { userId, actionCode, idempotencyKey, tracked } = action
  const { locale, userAgent, ipAddress } = tracked
  const context = { userId, actionCode, idempotencyKey, locale, userAgent, ipAddress }
  await backend.sendEvent('email.created', { ...message, ...context })
  backend.magicLinks.add(token.id, link)
  backend.messages.send({ ...message, channel: 'email', sentAt: backend.now() })
  return link
}

/** The link as long as a click on its button would still count. */
export function findOpenLink(
  { magicLinks, users, clock }: Backend,
  secret: string,
): MagicLink | undefined {
  const link = magicLinks.ofSecret(secret)
  if (link?.state !== 'sent' || clock.now() >= link.expiresAt) return undefined
  return users.get(link.user.userId) === link.user && isOpen(link.action) ? link : undefined
}
