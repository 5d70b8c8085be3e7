import {
  ListUsersCommand,
  type CognitoIdentityProviderClient,
  type ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import { readAttributes } from './attributes.ts'
import { upstreamFailure } from './exceptions.ts'
import { isText, unusable } from './tokens.ts'

export interface ListedUser {
  username: string
  attributes: Record<string, string>
}

/** Every user with this address, verified or not. Takes AWS credentials. */
export async function* usersWith(
  { client, userPoolId }: { client: CognitoIdentityProviderClient; userPoolId: string },
  address: { name: 'email' | 'phone_number'; value: string },
  abortSignal: AbortSignal,
): AsyncGenerator<ListedUser> {
  let token: string | undefined
  do {
    const command: ListUsersCommand = new ListUsersCommand({
      UserPoolId: userPoolId,
      Filter: `${address.name} = "${quoted(address.value)}"`,
      ...(token === undefined ? {} : { PaginationToken: token }),
    })
    const page: ListUsersCommandOutput = await client
      .send(command, { abortSignal })
      .catch((error: unknown) => {
        throw upstreamFailure('ListUsers', error)
      })
    if (!Array.isArray(page.Users)) throw unusable('ListUsers', 'users are missing')
    yield* page.Users.map(listedUser)
    // A page may be empty and not the last one.
    token = page.PaginationToken || undefined
  } while (token !== undefined)
}

/** AWS docs: how-to-manage-user-accounts. */
function quoted(value: string): string {
  return value.replaceAll(/["\\]/g, String.raw`\$&`)
}

function listedUser(user: unknown): ListedUser {
  const { Username: username, Attributes }: { Username?: unknown; Attributes?: unknown } =
    Object(user)
  const attributes = readAttributes(Attributes)
  // Not to know whose address it is must not read as nobody's.
  if (!isText(username) || attributes?.['sub'] === undefined) {
    throw unusable('ListUsers', 'a user without name or attributes')
  }
  return { username, attributes }
}
