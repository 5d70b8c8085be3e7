import type { AuthsignalClient } from '../authsignal/client.ts'
import { ServiceError } from '../errors.ts'
import { until } from '../until.ts'

/**
 * The same client for one request: once the signal says that it is too late, nobody waits for a call
 * any more and no other is made. Each call alone has a deadline too, but a request makes several.
 */
export function endingWith(signal: AbortSignal, client: AuthsignalClient): AuthsignalClient {
  const ending =
    <Given extends unknown[], Answer>(
      operation: string,
      call: (...given: Given) => Promise<Answer>,
    ): ((...given: Given) => Promise<Answer>) =>
    (...given) =>
      until(
        signal,
        () => call(...given),
        () => tooLate(operation),
      )

  return {
    track: ending('track', (input) => client.track(input)),
    validate: ending('validate', (input) => client.validate(input)),
    user: ending('user', (userId) => client.user(userId)),
    authenticators: ending('authenticators', (userId) => client.authenticators(userId)),
    actions: ending('actions', (input) => client.actions(input)),
    completedBy: ending('completedBy', (input) => client.completedBy(input)),
    enrol: ending('enrol', (userId, authenticator) => client.enrol(userId, authenticator)),
    removeAuthenticator: ending('removeAuthenticator', (userId, id) =>
      client.removeAuthenticator(userId, id),
    ),
    deleteUser: ending('deleteUser', (userId) => client.deleteUser(userId)),
  }
}

function tooLate(operation: string): ServiceError {
  return new ServiceError('upstream_timeout', {
    upstream: { service: 'authsignal', operation, reason: 'deadline of the request' },
  })
}
