import { ServiceError } from '../errors.ts'
import type { Identifier } from '../sign-in/identifier.ts'
import type { CreateOutcome } from '../sign-in/ports.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import type { Registration } from './registration.ts'

/** What every call is given, out of what the caller was given. */
export type Deadline = (signal?: AbortSignal) => { abortSignal: AbortSignal }

/** Creates a user under this name. */
export async function createAs(
  username: string,
  identifier: Identifier,
  { operation, register }: Registration,
  options: ReturnType<Deadline>,
): Promise<CreateOutcome> {
  try {
    await register(username, identifier, options)
    return { outcome: 'created', username }
  } catch (error) {
    return outcomeOf(operation, error, username)
  }
}

/** Alias pools refuse a username that looks like an address. */
export class AddressIsAlias extends Error {
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
