import type { Client } from '../clients.ts'
import type { Needs } from '../services.ts'
import type { Grant } from '../tokens/grants.ts'
import type { ClaimsOverride } from '../tokens/token-issuer.ts'
import { isRecord } from '../protocol/shape.ts'
import { textListIn, textsIn } from '../triggers/responses.ts'
import { triggerAttributes, type User } from '../users/user.ts'

type Metadata = Record<string, string> | undefined

/** PostAuthentication, PreTokenGeneration, then a new family of tokens. */
export async function signIn(
  services: Needs<'pool' | 'triggers' | 'grants' | 'tokenIssuer'>,
  user: User,
  client: Client,
  clientMetadata: Metadata,
): Promise<object> {
  const { pool, triggers, grants, tokenIssuer } = services
  await triggers.runIfAttached('postAuthentication', {
    source: 'PostAuthentication_Authentication',
    userName: user.username,
    clientId: client.clientId,
    request: {
      userAttributes: triggerAttributes(pool, user),
      newDeviceUsed: false,
      ...(clientMetadata && { clientMetadata }),
    },
    response: {},
  })
  const source = 'TokenGeneration_Authentication'
  const override = await claimsOverride(services, { source, user, client, clientMetadata })
  const { grant, refreshToken } = grants.open(user.username, client)
  const tokens = await tokenIssuer.issue(user, client, grant, override)
  return { ...tokens, RefreshToken: refreshToken }
}

/** New access and id tokens of a family; whether the refresh token changes is the caller's matter. */
export async function refresh(
  services: Needs<'pool' | 'triggers' | 'tokenIssuer'>,
  { user, client, grant }: { user: User; client: Client; grant: Grant },
  clientMetadata?: Metadata,
): Promise<object> {
  const source = 'TokenGeneration_RefreshTokens'
  const override = await claimsOverride(services, { source, user, client, clientMetadata })
  return services.tokenIssuer.issue(user, client, grant, override)
}

/** AWS docs: user-pool-lambda-pre-token-generation, event version 1. */
async function claimsOverride(
  { pool, triggers }: Needs<'pool' | 'triggers'>,
  call: { source: string; user: User; client: Client; clientMetadata: Metadata },
): Promise<ClaimsOverride> {
  const { source, user, client, clientMetadata } = call
  const response = await triggers.runIfAttached('preTokenGeneration', {
    source,
    userName: user.username,
    clientId: client.clientId,
    request: {
      userAttributes: triggerAttributes(pool, user),
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
      ...(clientMetadata && { clientMetadata }),
    },
    response: { claimsOverrideDetails: null },
  })
  const details = response?.['claimsOverrideDetails']
  if (!isRecord(details)) return {}
  return {
    claimsToAddOrOverride: textsIn(details, 'claimsToAddOrOverride'),
    claimsToSuppress: textListIn(details, 'claimsToSuppress'),
  }
}
