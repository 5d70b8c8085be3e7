import { outlivingClient } from '../request-context.ts'
import { noFasterThanFloor } from './answer-floor.ts'
import type { SignInDeps } from './deps.ts'
import type { KeptStart, ShareStarts, StartedSignIn } from './ports.ts'
import { startSignIn, type StartSignInInput } from './start-sign-in.ts'

export interface StartOnceInput extends StartSignInInput {
  /** Names this start: the client's own random text, the same when it asks again. */
  idempotencyKey?: string
}

/**
 * Begins a sign-in, or gives the answer of the start that had the same key: whoever gets it shares the
 * attempt, so nothing but a key that only the client knows may lead to it.
 * @throws ServiceError `idempotency_key_reused` for another request under the key, and what
 *   `startSignIn` throws
 */
export async function startSignInOnce(
  deps: SignInDeps & { shareStarts: ShareStarts },
  { idempotencyKey: key, ...input }: StartOnceInput,
): Promise<StartedSignIn> {
  if (key === undefined) return startSignIn(deps, input)
  let own: StartedSignIn | undefined
  const begin = async (): Promise<KeptStart> => {
    const expiresAt = deps.now() + deps.settings.sessionSeconds * 1000
    // Not for this client alone: it comes back for the answer when it has lost its connection.
    own = await outlivingClient(() => startSignIn(deps, input))
    return { started: own, expiresAt }
  }
  // A repeated answer would come sooner than any other.
  const { started, expiresAt } = await noFasterThanFloor(deps, () =>
    deps.shareStarts({ key, request: requestOf(input) }, begin),
  )
  return own ?? { ...started, expiresIn: Math.floor((expiresAt - deps.now()) / 1000) }
}

/** What has to be the same. Not the address: that changes when a phone leaves a building. */
function requestOf(input: StartSignInInput): string {
  const { email, phoneNumber, username, redirectUrl, locale, deviceId, userAgent } = input
  return JSON.stringify([email, phoneNumber, username, redirectUrl, locale, deviceId, userAgent])
}
