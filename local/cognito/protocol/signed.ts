import { AwsError } from './errors.ts'

const CREDENTIAL =
  /^AWS4-HMAC-SHA256 .*\bCredential=[^/\s,]+\/\d{8}\/[\w-]+\/([\w-]+)\/aws4_request/

/** The rest (InitiateAuth, SignUp, GetUser, …) carries no Authorization header at all. */
export function needsSignature(operation: string): boolean {
  return (
    operation.startsWith('Admin') || operation === 'ListUsers' || operation.startsWith('Describe')
  )
}

/**
 * Looks for a Signature Version 4 made for this service. The signature itself is NOT verified:
 * the stand-in knows no secret keys, so any credentials will do.
 */
export function requireSignature(authorization: string | undefined): void {
  const service = CREDENTIAL.exec(authorization ?? '')?.[1]
  if (service !== 'cognito-idp') {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
}
