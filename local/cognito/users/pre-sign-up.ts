import type { Needs } from '../services.ts'
import { booleanIn } from '../triggers/responses.ts'
import type { AliasKind, User } from './user.ts'

export interface AutoActions {
  confirm: boolean
  verify: AliasKind[]
}

interface SignUpCall {
  source: 'PreSignUp_SignUp' | 'PreSignUp_AdminCreateUser'
  clientId: string
  validationData: Record<string, string>
  clientMetadata: Record<string, string> | undefined
}

/** Lets the trigger veto by throwing. AWS docs: user-pool-lambda-pre-sign-up. */
export async function preSignUp(
  { triggers }: Needs<'triggers'>,
  user: User,
  { source, clientId, validationData, clientMetadata }: SignUpCall,
): Promise<AutoActions> {
  const given = Object.keys(validationData).length > 0
  const response = await triggers.runIfAttached('preSignUp', {
    source,
    userName: user.username,
    clientId,
    request: {
      userAttributes: user.attributes,
      validationData: given ? validationData : null,
      ...(clientMetadata && { clientMetadata }),
    },
    response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
  })
  if (!response) return { confirm: false, verify: [] }
  const verify: AliasKind[] = []
  if (booleanIn(response, 'autoVerifyEmail')) verify.push('email')
  if (booleanIn(response, 'autoVerifyPhone')) verify.push('phone_number')
  return { confirm: booleanIn(response, 'autoConfirmUser'), verify }
}
