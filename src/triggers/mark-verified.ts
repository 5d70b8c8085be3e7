import { AwsClient } from 'aws4fetch'
import type { Address } from '../addresses.ts'
import type { VerifyEvent } from './events.ts'
import { log } from './log.ts'

/** For both calls together: what a verify trigger has left after Authsignal has answered. */
const TIMEOUT_MS = 1_200

/**
 * Marks a proven address verified, with the trigger's role. Two signed calls by hand rather than
 * the AWS SDK, which would more than double the bundle and the cold start of this trigger.
 *
 * A failure is logged and forgotten: the user did prove the address, and the next sign-in, finding
 * the attribute unverified, tries again.
 */
export function markVerified(
  env: NodeJS.ProcessEnv,
): (event: VerifyEvent, sub: string, address: Address) => Promise<void> {
  return async (event, sub, address) => {
    try {
      const cognito = cognitoCaller(env, event, AbortSignal.timeout(TIMEOUT_MS))
      if (await isHeldByAnother(cognito, event, sub, address)) {
        log('info', 'address stays unverified: it is the alias of another user', {})
        return
      }
      await cognito('AdminUpdateUserAttributes', {
        UserPoolId: event.userPoolId,
        Username: event.userName,
        UserAttributes: [{ Name: address.verifiedAttribute, Value: 'true' }],
      })
    } catch (error) {
      log('error', 'address could not be marked verified', {
        type: error instanceof Error ? error.name : typeof error,
      })
    }
  }
}

type CognitoCaller = (operation: string, input: object) => Promise<unknown>

/**
 * In an alias pool, verifying an address silently takes it from the user who holds it
 * (boto/boto3#3213). Where the username is the `sub`, addresses are unique anyway.
 */
async function isHeldByAnother(
  cognito: CognitoCaller,
  event: VerifyEvent,
  sub: string,
  address: Address,
): Promise<boolean> {
  if (event.userName === sub) return false
  const holder = await cognito('AdminGetUser', {
    UserPoolId: event.userPoolId,
    Username: address.value,
  })
  const username: unknown =
    typeof holder === 'object' && holder !== null ? Reflect.get(holder, 'Username') : undefined
  return username !== undefined && username !== event.userName
}

/** Calls one operation; undefined when the user is not found, an error for anything else but 200. */
function cognitoCaller(
  env: NodeJS.ProcessEnv,
  { region }: VerifyEvent,
  signal: AbortSignal,
): CognitoCaller {
  const aws = new AwsClient({
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(env['AWS_SESSION_TOKEN'] ? { sessionToken: env['AWS_SESSION_TOKEN'] } : {}),
    service: 'cognito-idp',
    region,
    retries: 0,
  })
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  // The AWS SDKs' own name for another endpoint (AWS docs: service-specific endpoints).
  const endpoint =
    env['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER'] || `https://cognito-idp.${region}.${domain}`

  return async (operation, input) => {
    const response = await aws.fetch(`${endpoint}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      },
      body: JSON.stringify(input),
      signal,
    })
    if (response.ok) return response.json()
    const text = await response.text()
    if (text.includes('UserNotFoundException')) return undefined
    throw new Error(`${operation} answered ${response.status}`)
  }
}
