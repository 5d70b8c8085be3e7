import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { Clock } from '../../support/clock.ts'
import type { Pool } from '../pool.ts'
import { notAuthorized, userNotFound } from '../protocol/errors.ts'
import type { User } from '../users/user.ts'
import type { UserStore } from '../users/user-store.ts'
import type { Grant, Grants } from './grants.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Access tokens as Cognito's own operations take them: revoked ones are refused. */
export class AccessTokens {
  #pool: Pool
  #keys: Promise<SigningKeys>
  #grants: Grants
  #users: UserStore
  #clock: Clock

  constructor(
    pool: Pool,
    keys: Promise<SigningKeys>,
    grants: Grants,
    users: UserStore,
    clock: Clock,
  ) {
    this.#pool = pool
    this.#keys = keys
    this.#grants = grants
    this.#users = users
    this.#clock = clock
  }

  async holder(token: string): Promise<User> {
    return (await this.open(token)).user
  }

  /** Whose token it is, and of which sign-in. */
  async open(token: string): Promise<{ user: User; grant: Grant }> {
    const claims = await this.#verify(token)
    const grant = this.#grants.byId(String(claims['event_id']))
    if (!grant) throw notAuthorized('Access Token has been revoked')
    const user = this.#users.byUsername(grant.username)
    // Told first, although the tokens went with the user.
    if (!user) throw userNotFound()
    if (grant.revoked) throw notAuthorized('Access Token has been revoked')
    if (!user.enabled) throw notAuthorized('User is disabled.')
    return { user, grant }
  }

  /** True for anything this pool has signed, expired or not: such tokens cannot be revoked. */
  async isSigned(token: string): Promise<boolean> {
    const keys = await this.#keys
    const verified = await Promise.allSettled(
      [keys.access, keys.id].map(({ publicKey }) =>
        jwtVerify(token, publicKey, { currentDate: new Date(0) }),
      ),
    )
    return verified.some(({ status }) => status === 'fulfilled')
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      const { access } = await this.#keys
      const { payload } = await jwtVerify(token, access.publicKey, {
        algorithms: ['RS256'],
        issuer: this.#pool.issuer,
        currentDate: new Date(this.#clock.now()),
      })
      return payload
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw notAuthorized('Access Token has expired')
      throw notAuthorized('Invalid Access Token')
    }
  }
}
