import { createHash } from 'node:crypto'
import { ServiceError } from '../errors.ts'
import type { Identifier } from '../sign-in/identifier.ts'
import type { CreateOutcome, UserPool } from '../sign-in/ports.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import type { Registration } from './registration.ts'

/** Creates a user under the name its pool allows, and says what came of it. */
export function createUser(
  userPoolId: string,
  { operation, register }: Registration,
  deadline: (signal?: AbortSignal) => { abortSignal: AbortSignal },
): UserPool['createUser'] {
  // Learnt from the first refusal; what a pool takes never changes (AWS docs: user pool attributes).
  // Per kind: a number is a name like any other where only email is an alias.
  const aliases = new Set<Identifier['kind']>()

  async function create(
    username: string,
    identifier: Identifier,
    signal?: AbortSignal,
  ): Promise<CreateOutcome> {
    try {
      await register(username, identifier, deadline(signal))
      return { outcome: 'created', username }
    } catch (error) {
      return outcomeOf(operation, error, username)
    }
  }

  return async (identifier, signal) => {
    if (!aliases.has(identifier.kind)) {
      try {
        return await create(identifier.value, identifier, signal)
      } catch (error) {
        if (!(error instanceof AddressIsAlias)) throw error
        aliases.add(identifier.kind)
      }
    }
    return create(usernameFor(userPoolId, identifier), identifier, signal)
  }
}

/** Alias pools refuse a username that looks like an address. */
class AddressIsAlias extends Error {
  override readonly name = 'AddressIsAlias'
}

function outcomeOf(operation: string, error: unknown, username: string): CreateOutcome {
  if (error instanceof ServiceError) throw error
  const { name, message } = readSdkError(error)
  // Somebody else was faster, or a double tap: there is a user, which is all that was wanted.
  if (name === 'UsernameExistsException') return { outcome: 'exists', username }
  // The user is kept although the (suppressed) message could not be sent (aws/aws-sdk#438).
  if (name === 'CodeDeliveryFailureException') return { outcome: 'created', username }
  if (name === 'UserLambdaValidationException' && message.startsWith('PreSignUp')) {
    return { outcome: 'refused' }
  }
  // A pool of email addresses has no use for a phone number, and the other way round.
  if (name === 'InvalidParameterException' && message.startsWith('Username should be ')) {
    return { outcome: 'unsupported' }
  }
  if (name === 'InvalidParameterException' && /configured for .+ alias/.test(message)) {
    throw new AddressIsAlias()
  }
  throw upstreamFailure(operation, error)
}

/**
 * The username of an alias pool's user. The alias works only once it is verified, so an unfinished
 * first sign-in is found again, and two racing ones meet, only if every instance makes the same name.
 */
function usernameFor(userPoolId: string, { kind, value }: Identifier): string {
  return createHash('sha256').update(`${userPoolId} ${kind} ${value}`).digest('hex').slice(0, 32)
}
