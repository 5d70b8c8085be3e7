import type { SignInDeps } from './deps.ts'

/**
 * Does the work, and answers no sooner than the floor where the time it took would tell whether
 * there is a user.
 * @param counts whether an outcome is such an answer; every one when left out
 */
export async function noFasterThanFloor<T>(
  deps: SignInDeps,
  work: () => Promise<T>,
  counts: (error: unknown) => boolean = () => true,
): Promise<T> {
  const startedAt = deps.now()
  const { floorMs } = deps.settings
  // A clock that is set back meanwhile must not make it hours.
  const left = () => Math.min(floorMs, startedAt + floorMs - deps.now())
  const wait = () => deps.sleep(Math.max(0, left()))
  try {
    const result = await work()
    if (counts(undefined)) await wait()
    return result
  } catch (error) {
    if (counts(error)) await wait()
    throw error
  }
}
