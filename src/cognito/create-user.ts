import type { Identifier } from '../sign-in/identifier.ts'
import type { UserPool } from '../sign-in/ports.ts'
import { AddressIsAlias, createAs, type Deadline } from './create-as.ts'
import { underMadeUpName, type PoolAccess } from './made-up-name.ts'
import type { Registration } from './registration.ts'

/** Creates a user under the name its pool allows, and says what came of it. */
export function createUser(
  options: PoolAccess,
  registration: Registration,
  deadline: Deadline,
): UserPool['createUser'] {
  const createUnderMadeUpName = underMadeUpName(options, registration, deadline)
  // Learnt from the first refusal; what a pool takes never changes (AWS docs: user pool attributes).
  // Per kind: a number is a name like any other where only email is an alias.
  const aliases = new Set<Identifier['kind']>()

  return async (identifier, signal) => {
    if (!aliases.has(identifier.kind)) {
      try {
        return await createAs(identifier.value, identifier, registration, deadline(signal))
      } catch (error) {
        if (!(error instanceof AddressIsAlias)) throw error
        aliases.add(identifier.kind)
      }
    }
    return createUnderMadeUpName(identifier, signal)
  }
}
