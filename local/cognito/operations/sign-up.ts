import type { Operation } from '../protocol/dispatch.ts'
import { notAuthorized } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, optional } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { checkSecretHash } from '../sign-in/secret-hash.ts'
import { passwordVerifier } from '../srp/password.ts'
import { addUser } from '../users/aliases.ts'
import { draftUser, refuseTaken } from '../users/new-user.ts'
import { checkPassword } from '../users/password-policy.ts'
import { preSignUp, type AutoActions } from '../users/pre-sign-up.ts'
import { ALIAS_KINDS, type User } from '../users/user.ts'

type Services = Needs<'pool' | 'clock' | 'clients' | 'users' | 'triggers'>

export function signUp(services: Services): Operation {
  const { pool, clock, clients, users } = services
  return answering(
    {
      ClientId: fields.clientId,
      Username: fields.username,
      Password: fields.password,
      SecretHash: optional(fields.secretHash),
      UserAttributes: fields.attributes,
      ValidationData: fields.attributes,
      ClientMetadata: fields.clientMetadata,
    },
    async (request) => {
      const client = clients.get(request.ClientId)
      checkSecretHash(client, request.Username, request.SecretHash)
      if (!pool.signUpAllowed) {
        throw notAuthorized('SignUp is not permitted for this user pool')
      }
      checkPassword(request.Password)
      const user = draftUser(pool, request.Username, request.UserAttributes, clock.now())
      user.password = passwordVerifier(pool, user.username, request.Password)
      const taken = { name: request.Username, text: 'User already exists', movesAlias: true }
      refuseTaken(pool, users, user, taken)
      const auto = await preSignUp(services, user, {
        source: 'PreSignUp_SignUp',
        clientId: client.clientId,
        validationData: request.ValidationData,
        clientMetadata: request.ClientMetadata,
      })
      // Once more: somebody else may have come first while the trigger ran.
      refuseTaken(pool, users, user, taken)
      applyAutoActions(user, auto)
      addUser(services, user)
      return { UserConfirmed: auto.confirm, UserSub: user.sub }
    },
  )
}

/** AWS docs: user-pool-lambda-pre-sign-up. A verified address moves here from its former holder. */
function applyAutoActions(user: User, auto: AutoActions): void {
  if (auto.confirm) user.status = 'CONFIRMED'
  for (const kind of ALIAS_KINDS) {
    if (auto.verify.includes(kind) && user.attributes[kind]) {
      user.attributes[`${kind}_verified`] = 'true'
    }
  }
}
