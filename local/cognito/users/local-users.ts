import { addUser, updateAttributes } from './aliases.ts'
import { draftUser } from './new-user.ts'
import type { User, UserStatus } from './user.ts'
import { passwordVerifier } from '../srp/password.ts'
import type { Needs } from '../services.ts'

export interface PutUser {
  /** An address, or a literal name, as the pool wants it. */
  username: string
  attributes?: Record<string, string>
  status?: UserStatus
  password?: string
  enabled?: boolean
}

/** Reaches behind the API: for tests and seeds, which want a user without the calls that make one. */
export interface LocalUsers {
  find(name: string): User | undefined
  list(): User[]
  /** Creates a user, CONFIRMED unless told otherwise, or changes what is given of an existing one. */
  put(user: PutUser): User
  setStatus(name: string, status: UserStatus): void
  disable(name: string): void
  enable(name: string): void
  delete(name: string): void
}

export function localUsers(services: Needs<'pool' | 'users' | 'grants' | 'clock'>): LocalUsers {
  const { pool, users, grants, clock } = services
  return {
    find: (name) => users.find(name),
    list: () => users.list(),
    put({ username, attributes = {}, status, password, enabled }) {
      let user = users.find(username)
      if (user) {
        updateAttributes(services, user, attributes)
      } else {
        user = draftUser(pool, username, attributes, clock.now())
        user.status = 'CONFIRMED'
        addUser(services, user)
      }
      if (status !== undefined) user.status = status
      if (password !== undefined) {
        user.password = passwordVerifier(pool, user.username, password)
      }
      if (enabled !== undefined) user.enabled = enabled
      return user
    },
    setStatus(name, status) {
      users.get(name).status = status
    },
    disable(name) {
      const user = users.get(name)
      user.enabled = false
      grants.revokeAllOf(user.username)
    },
    enable(name) {
      users.get(name).enabled = true
    },
    delete(name) {
      const user = users.get(name)
      users.remove(user)
      grants.revokeAllOf(user.username)
    },
  }
}
