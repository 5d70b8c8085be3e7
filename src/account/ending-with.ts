import type { AuthsignalClient } from '../authsignal/client.ts'
import { tooLate } from '../authsignal/failure.ts'
import { endingBy } from '../upstream/call-signal.ts'
import { until } from '../until.ts'

/**
 * The same client for one request: once the signal says that it is too late, a call under way is ended
 * and no other is made. Each call alone has a deadline too, but a request makes several.
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
        () => endingBy(signal, () => call(...given)),
        () => tooLate(operation, signal),
      )

  return {
    track: ending('track', (input) => client.track(input)),
    validate: ending('validate', (input) => client.validate(input)),
    user: ending('user', (userId) => client.user(userId)),
    authenticators: ending('authenticators', (userId) => client.authenticators(userId)),
    actions: ending('actions', (input) => client.actions(input)),
    enrol: ending('enrol', (userId, authenticator) => client.enrol(userId, authenticator)),
    removeAuthenticator: ending('removeAuthenticator', (userId, id) =>
      client.removeAuthenticator(userId, id),
    ),
    deleteUser: ending('deleteUser', (userId) => client.deleteUser(userId)),
  }
}
