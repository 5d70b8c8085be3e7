import type { VerifyIdToken } from '../sign-in/ports.ts'
import type { Limits } from './limits.ts'

/** Counts sign-ins with an ID token for the address in it, once it is proven that it is in it. */
export function limitedIdTokens(
  verify: VerifyIdToken,
  { admitPerson }: Pick<Limits, 'admitPerson'>,
): VerifyIdToken {
  return async (...given) => {
    const proven = await verify(...given)
    await admitPerson({ kind: 'email', value: proven.email })
    return proven
  }
}
