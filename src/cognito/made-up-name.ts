import { hash } from 'node:crypto'
import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Identifier } from '../sign-in/identifier.ts'
import type { UserPool } from '../sign-in/ports.ts'
import { sameAddress } from '../addresses.ts'
import { readAttributes } from './attributes.ts'
import { createAs, type Deadline } from './create-as.ts'
import { readSdkError, upstreamFailure } from './exceptions.ts'
import type { usersWith } from './list-users.ts'
import type { Registration } from './registration.ts'

/** How many earlier holders of an address may have kept the name that was made for it. */
const NAMES_TRIED = 10

export interface PoolAccess {
  client: CognitoIdentityProviderClient
  userPoolId: string
}

/**
 * Creates a user under a name made up for the address. A name that is taken is the user's only if they
 * still have the address: a former holder must not be signed in, or sent codes, in the new one's place.
 * That check takes AWS credentials; without them (SignUp) only the first name is ever made.
 */
export function underMadeUpName(
  options: PoolAccess,
  registration: Registration,
  deadline: Deadline,
): UserPool['createUser'] {
  const canAsk = registration.operation === 'AdminCreateUser'
  return async (identifier, signal) => {
    for (let turn = 0; turn < NAMES_TRIED; turn++) {
      const username = madeUpName(options.userPoolId, identifier, turn)
      const made = await createAs(username, identifier, registration, deadline(signal))
      if (made.outcome !== 'exists' || !canAsk) return made
      const holder = await attributesOf(options, username, deadline(signal))
      // The name is free, so it is the address that is taken: somebody has it verified.
      if (holder === undefined) return { outcome: 'refused' }
      if (hasAddress(holder, addressOf(identifier))) return made
    }
    return { outcome: 'refused' }
  }
}

/**
 * A username for somebody who has given an address. Where an alias works only once it is verified, or
 * a lookup sees a new user a little later, an unfinished first sign-in is found again, and two racing
 * ones meet, only if every instance makes the same name.
 * @param turn counts the names that earlier holders of the address have taken
 */
function madeUpName(userPoolId: string, { kind, value }: Identifier, turn = 0): string {
  const text = `${userPoolId} ${kind} ${value}${turn === 0 ? '' : ` ${turn}`}`
  return hash('sha256', text, 'hex').slice(0, 32)
}

/** Undefined when there is no such user. */
async function attributesOf(
  { client, userPoolId }: PoolAccess,
  username: string,
  options: ReturnType<Deadline>,
): Promise<Record<string, string> | undefined> {
  const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username })
  try {
    const { UserAttributes } = await client.send(command, options)
    return readAttributes(UserAttributes) ?? {}
  } catch (error) {
    if (readSdkError(error).name === 'UserNotFoundException') return undefined
    throw upstreamFailure('AdminGetUser', error)
  }
}

export type Address = Parameters<typeof usersWith>[1]

export function addressOf({ kind, value }: Identifier): Address | undefined {
  if (kind === 'username') return undefined
  return { name: kind === 'email' ? 'email' : 'phone_number', value }
}

export function hasAddress(
  attributes: Record<string, string>,
  address: Address | undefined,
): boolean {
  return address !== undefined && sameAddress(attributes[address.name], address.value)
}
