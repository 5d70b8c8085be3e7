import type { FindOutcome, UserPool } from '../sign-in/ports.ts'
import { isTrue } from '../addresses.ts'
import type { Deadline } from './create-as.ts'
import { usersWith, type ListedUser } from './list-users.ts'
import {
  addressOf,
  hasAddress,
  underMadeUpName,
  type Address,
  type PoolAccess,
} from './made-up-name.ts'
import type { Registration } from './registration.ts'
import { unusable } from './tokens.ts'

/**
 * For pools whose usernames have nothing to do with addresses: users are found by their attribute, and
 * new ones get a made-up name. Takes AWS credentials (AWS docs: how-to-manage-user-accounts).
 */
export function lookup(
  options: PoolAccess,
  registration: Registration,
  deadline: Deadline,
): Pick<UserPool, 'findUser' | 'createUser'> {
  const createUnderMadeUpName = underMadeUpName(options, registration, deadline)
  return {
    async findUser(identifier, signal) {
      const address = addressOf(identifier)
      // A bare username is what it says.
      if (address === undefined) return { outcome: 'named', username: identifier.value }
      const holders: ListedUser[] = []
      for await (const user of usersWith(options, address, deadline(signal).abortSignal)) {
        // What the filter takes for equal is not ours to say.
        if (hasAddress(user.attributes, address)) holders.push(user)
      }
      return ownerAmong(holders, address)
    },

    async createUser(identifier, signal) {
      const made = await createUnderMadeUpName(identifier, signal)
      if (made.outcome === 'unsupported') {
        throw unusable(registration.operation, 'usernames of this pool are addresses: no lookup')
      }
      return made
    },
  }
}

/**
 * Whose the address is. Where several have it, the one who has proven it; never just the first, who
 * may have written it beside their own to be let in for somebody else, or to let them in as themselves.
 */
function ownerAmong(holders: readonly ListedUser[], { name }: Address): FindOutcome {
  if (holders.length === 0) return { outcome: 'missing' }
  const proven = holders.filter(({ attributes }) => isTrue(attributes[`${name}_verified`]))
  const [owner, ...others] = holders.length === 1 ? holders : proven
  if (owner === undefined || others.length > 0) return { outcome: 'refused' }
  return { outcome: 'found', username: owner.username }
}
