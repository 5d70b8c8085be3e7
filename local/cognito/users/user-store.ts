import type { Clock } from '../../support/clock.ts'
import { normalised, type Pool } from '../pool.ts'
import { userNotFound } from '../protocol/errors.ts'
import { ALIAS_KINDS, type AliasKind, type User } from './user.ts'

/** All users, found by username, `sub` or whatever alias is in force. */
export class UserStore {
  #pool: Pool
  #clock: Clock
  #byUsername = new Map<string, User>()
  #bySub = new Map<string, User>()
  #byAlias: Record<AliasKind, Map<string, User>> = { email: new Map(), phone_number: new Map() }

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool
    this.#clock = clock
  }

  byUsername(username: string): User | undefined {
    return this.#byUsername.get(this.#key(username))
  }

  byAlias(kind: AliasKind, address: string): User | undefined {
    return this.#byAlias[kind].get(this.#key(address))
  }

  /** What a caller may type at sign-in. */
  forSignIn(name: string): User | undefined {
    return (
      this.byUsername(name) ?? this.byAlias('email', name) ?? this.byAlias('phone_number', name)
    )
  }

  /** The administrative operations accept `sub` as well (service model). */
  find(name: string): User | undefined {
    return this.forSignIn(name) ?? this.#bySub.get(name.toLowerCase())
  }

  get(name: string): User {
    const user = this.find(name)
    if (!user) throw userNotFound()
    return user
  }

  list(): User[] {
    return [...this.#byUsername.values()]
  }

  /** The caller has made sure that name and addresses are free. */
  add(user: User): void {
    this.#byUsername.set(this.#key(user.username), user)
    this.#bySub.set(user.sub, user)
    for (const kind of ALIAS_KINDS) this.setAlias(user, kind, user.aliases[kind])
  }

  remove(user: User): void {
    for (const kind of ALIAS_KINDS) this.setAlias(user, kind, undefined)
    this.#byUsername.delete(this.#key(user.username))
    this.#bySub.delete(user.sub)
  }

  setAlias(user: User, kind: AliasKind, address: string | undefined): void {
    const before = user.aliases[kind]
    if (before !== undefined && this.byAlias(kind, before) === user) {
      this.#byAlias[kind].delete(this.#key(before))
    }
    if (address) {
      user.aliases[kind] = address
      this.#byAlias[kind].set(this.#key(address), user)
    } else {
      delete user.aliases[kind]
    }
  }

  touch(user: User): void {
    user.modifiedAt = this.#clock.now()
  }

  #key(name: string): string {
    return normalised(this.#pool, name)
  }
}
