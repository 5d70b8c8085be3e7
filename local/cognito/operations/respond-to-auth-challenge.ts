import type { Operation } from '../protocol/dispatch.ts'
import { AwsError } from '../protocol/errors.ts'
import * as fields from '../protocol/fields.ts'
import { answering, optional, stringMap, text } from '../protocol/shape.ts'
import type { Needs } from '../services.ts'
import { answerCustomChallenge } from '../sign-in/answer-custom.ts'
import { answerPassword } from '../sign-in/answer-password.ts'

type Services = Needs<
  'pool' | 'clients' | 'users' | 'sessions' | 'grants' | 'tokenIssuer' | 'triggers'
>

const CHALLENGES = [
  'SMS_MFA',
  'EMAIL_OTP',
  'SMS_OTP',
  'SOFTWARE_TOKEN_MFA',
  'PASSWORD',
  'PASSWORD_SRP',
  'PASSWORD_VERIFIER',
  'CUSTOM_CHALLENGE',
  'SELECT_CHALLENGE',
  'NEW_PASSWORD_REQUIRED',
  'WEB_AUTHN',
] as const

export function respondToAuthChallenge(services: Services): Operation {
  return answering(
    {
      ClientId: fields.clientId,
      ChallengeName: text({ oneOf: CHALLENGES }),
      Session: optional(fields.session),
      ChallengeResponses: stringMap,
      ClientMetadata: fields.clientMetadata,
    },
    (request) => {
      const client = services.clients.get(request.ClientId)
      const answer = {
        session: request.Session,
        responses: request.ChallengeResponses,
        clientMetadata: request.ClientMetadata,
      }
      switch (request.ChallengeName) {
        case 'CUSTOM_CHALLENGE':
          return answerCustomChallenge(services, client, answer)
        case 'PASSWORD_VERIFIER':
          return answerPassword(services, client, answer)
        default:
          throw new AwsError(
            'UnsupportedOperationException',
            `The stand-in does not speak ${request.ChallengeName}`,
          )
      }
    },
  )
}
