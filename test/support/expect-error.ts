import { ServiceError, type ErrorCode } from '../../src/errors.ts'

/** Waits for the failure of `work` and gives it back, to look at all of it. */
export async function failureOf(work: Promise<unknown>): Promise<ServiceError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** What a ServiceError of this code looks like to `t.throws` and `t.rejects`. */
export function signInError(
  code: ErrorCode,
  more: Record<string, unknown> = {},
): { name: string; code: string } {
  return { name: 'ServiceError', code, ...more }
}
