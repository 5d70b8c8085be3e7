import type { Clock } from '../support/clock.ts'
import type { MagicLinks } from './magic-link/links.ts'
import type { Messages } from './messages.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Rules } from './rules.ts'
import type { Users } from './store/user.ts'
import type { Tokens } from './tokens.ts'
import type { Ceremonies } from './webauthn/ceremonies.ts'
import type { RelyingParty } from './webauthn/relying-party.ts'
import type { SendEvent } from './webhooks.ts'

/** What the endpoints work on: one tenant of the imitated service. */
export interface Backend {
  secret: string
  tenantId: string
  /** How `/validate` turns a token down. */
  validateRefusal: '200' | '4xx'
  unknownUserDeletion: '200' | '404'
  /** Where the pre-built UI lives; known only once the server listens. */
  publicOrigin: () => string
  /** The present moment of the adjustable clock, as the wire prints it. */
  now: () => string
  clock: Clock
  users: Users
  tokens: Tokens
  rules: Rules
  messages: Messages
  magicLinks: MagicLinks
  relyingParty: RelyingParty
  ceremonies: Ceremonies
  limits: RateLimits
  sendEvent: SendEvent
  enrolAfterAnyChallenge: boolean
}
