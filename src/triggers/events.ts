/**
 * The events Cognito sends, as far as our triggers look. Keys may be absent rather than null: in a
 * LEGACY pool a first call has neither `clientMetadata` nor `userNotFound` (AWS docs: Lambda triggers;
 * aws-amplify/aws-sdk-ios#3488).
 */
interface TriggerEvent<Request, Response> {
  version: string
  region: string
  userPoolId: string
  userName: string
  callerContext: { awsSdkVersion: string; clientId: string }
  triggerSource: string
  request: Request
  response: Response
}

interface CommonRequest {
  userAttributes: Record<string, string>
  clientMetadata?: Record<string, string> | null
  userNotFound?: boolean | null
}

/** One answered round. `challengeMetadata` is what create returned for it. */
export interface ChallengeResult {
  challengeName: string
  challengeResult: boolean
  challengeMetadata?: string | null
}

export type DefineEvent = TriggerEvent<
  CommonRequest & { session: ChallengeResult[] },
  { challengeName: string | null; issueTokens: boolean | null; failAuthentication: boolean | null }
>

export type CreateEvent = TriggerEvent<
  CommonRequest & { challengeName: string; session: ChallengeResult[] },
  {
    publicChallengeParameters: Record<string, string> | null
    privateChallengeParameters: Record<string, string> | null
    challengeMetadata: string | null
  }
>

export type VerifyEvent = TriggerEvent<
  CommonRequest & {
    privateChallengeParameters?: Record<string, string> | null
    challengeAnswer: string
  },
  { answerCorrect: boolean | null }
>

export type PreSignUpEvent = TriggerEvent<
  CommonRequest,
  { autoConfirmUser: boolean; autoVerifyEmail: boolean; autoVerifyPhone: boolean }
>

const SUB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The user's immutable id, which is also the Authsignal user id; undefined for a user that does not
 * exist, for whom Cognito runs the triggers as well (PreventUserExistenceErrors ENABLED).
 */
export function subOf({ request }: { request: CommonRequest }): string | undefined {
  const { sub } = request.userAttributes ?? {}
  return request.userNotFound === true || !SUB.test(sub ?? '') ? undefined : sub
}
