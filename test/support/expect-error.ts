import { SignInError, type SignInErrorCode } from '../../src/sign-in/errors.ts'

/** Waits for the failure of `work` and gives it back, to look at all of it. */
export async function failureOf(work: Promise<unknown>): Promise<SignInError> {
  try {
    await work
  } catch (error) {
    if (error instanceof SignInError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** What a SignInError of this code looks like to `t.throws` and `t.rejects`. */
export function signInError(
  code: SignInErrorCode,
  more: Record<string, unknown> = {},
): { name: string; code: string } {
  return { name: 'SignInError', code, ...more }
}
