import {
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import { signingKeysUrl } from '../../cognito/access-tokens.ts'
import { readSdkError, upstreamFailure } from '../../cognito/exceptions.ts'
import type { Config } from '../../config.ts'
import type { Facts, Looked } from '../facts.ts'
import { grant } from '../fixes.ts'
import { get } from './http.ts'

export interface CognitoAccess {
  client: CognitoIdentityProviderClient
  config: Config
  timeoutMs: number
}

export async function lookAtPool({
  client,
  config,
  timeoutMs,
}: CognitoAccess): Promise<Facts['pool']> {
  const command = new DescribeUserPoolCommand({ UserPoolId: config.COGNITO_USER_POOL_ID })
  try {
    const { UserPool } = await client.send(command, options(timeoutMs))
    return UserPool?.Id === undefined ? NO_DESCRIPTION : { seen: UserPool }
  } catch (error) {
    return isMissing(error)
      ? { missing: 'there is no such user pool in this account and region' }
      : unseenBy('DescribeUserPool', error, config)
  }
}

export async function lookAtClient({
  client,
  config,
  timeoutMs,
}: CognitoAccess): Promise<Facts['client']> {
  const command = new DescribeUserPoolClientCommand({
    UserPoolId: config.COGNITO_USER_POOL_ID,
    ClientId: config.COGNITO_CLIENT_ID,
  })
  try {
    const { UserPoolClient } = await client.send(command, options(timeoutMs))
    return UserPoolClient?.ClientId === undefined ? NO_DESCRIPTION : { seen: UserPoolClient }
  } catch (error) {
    return isMissing(error)
      ? { missing: 'the user pool has no such app client' }
      : unseenBy('DescribeUserPoolClient', error, config)
  }
}

/** Public, so no credentials go along. */
export async function lookAtSigningKeys(
  config: Config,
  timeoutMs: number,
): Promise<{ signingKeys: Facts['signingKeys']; clock: Looked<number> }> {
  const url = signingKeysUrl({
    region: config.AWS_REGION,
    userPoolId: config.COGNITO_USER_POOL_ID,
    endpoint: config.COGNITO_ENDPOINT,
  })
  const looked = await get(url, timeoutMs)
  if (!('seen' in looked)) return { signingKeys: looked, clock: looked }
  const { status, body, clock } = looked.seen
  const isKeySet = typeof body === 'object' && body !== null && 'keys' in body
  const signingKeys: Facts['signingKeys'] =
    status === 200 && isKeySet ? { seen: 'published' } : { unseen: `Cognito answers ${status}` }
  return { signingKeys, clock }
}

const NO_DESCRIPTION = { unseen: 'what answers is not Cognito' }

export function options(timeoutMs: number): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(timeoutMs) }
}

function isMissing(error: unknown): boolean {
  return readSdkError(error).name === 'ResourceNotFoundException'
}

/** How AWS says that it does not know, or no longer takes, who has signed. */
const BAD_CREDENTIALS =
  /^(UnrecognizedClient|InvalidSignature|ExpiredToken|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken)/

/** Why Cognito could not be asked; names only, as texts of AWS quote account and role. */
export function unseenBy(
  operation: string,
  error: unknown,
  config: Pick<Config, 'AWS_REGION' | 'COGNITO_USER_POOL_ID'>,
): { unseen: string; fix?: string } {
  const { name } = readSdkError(error)
  if (name === 'CredentialsProviderError') {
    return {
      unseen: 'there are no AWS credentials',
      fix: 'give the container a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; aws sts get-caller-identity',
    }
  }
  if (BAD_CREDENTIALS.test(name)) {
    return {
      unseen: `AWS does not take the credentials (${name})`,
      fix: 'aws sts get-caller-identity, with the same credentials',
    }
  }
  if (isDenied(error)) {
    const pool = `arn:aws:cognito-idp:${config.AWS_REGION}:<account>:userpool/${config.COGNITO_USER_POOL_ID}`
    return { unseen: `the credentials do not allow ${operation}`, fix: grant(operation, pool) }
  }
  const { code, upstream } = upstreamFailure(operation, error)
  if (code === 'upstream_timeout') return { unseen: 'Cognito does not answer in time' }
  return { unseen: `Cognito cannot be asked (${upstream?.reason ?? code})` }
}

export function isDenied(error: unknown): boolean {
  return readSdkError(error).name === 'AccessDeniedException'
}
