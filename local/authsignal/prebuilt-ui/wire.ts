import type { VerificationMethod } from '../store/verification-method.ts'

/** Where the page learns what the documented client API does not tell it. */
export const CONTEXT_PATH = '/local/prebuilt-ui'

/** What the page learns about its token there. */
export interface Context {
  actionCode: string
  state: string
  scopes: string[]
  isEnrolled: boolean
  allowedMethods: VerificationMethod[]
  redirectToSettings: boolean
  redirectUrl?: string | undefined
  locale?: string | undefined
  /** To fill in when the user adds an address. */
  email?: string | undefined
  phoneNumber?: string | undefined
}
