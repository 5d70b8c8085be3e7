/** An error as Cognito puts it on the wire. Callers branch on the name, hence it is an argument. */
export class AwsError extends Error {
  readonly status: number

  constructor(name: string, message: string, status = statusOf(name)) {
    super(message)
    this.name = name
    this.status = status
  }
}

/**
 * The service model annotates some errors with 403, 404 or 429, but every captured answer to a
 * client error is 400 (aws/aws-sdk-java-v2#3418, aws/aws-sdk-java#2301, aws/aws-sdk-php#2183).
 */
export function statusOf(name: string): number {
  if (name === 'InternalErrorException') return 500
  // A web ACL answers, not the user pool (ravenscar/franken-srp#13).
  if (name === 'ForbiddenException') return 403
  return 400
}

export const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterException', message)

export const notAuthorized = (message: string): AwsError =>
  new AwsError('NotAuthorizedException', message)

/** One text for a wrong answer, a Define that gave up, an unknown user and a broken Create alike. */
export const incorrectUsernameOrPassword = (): AwsError =>
  notAuthorized('Incorrect username or password.')

export const userNotFound = (): AwsError =>
  new AwsError('UserNotFoundException', 'User does not exist.')

export const resourceNotFound = (message: string): AwsError =>
  new AwsError('ResourceNotFoundException', message)
