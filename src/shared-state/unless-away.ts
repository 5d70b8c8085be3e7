import { ServiceError } from '../errors.ts'

/** Undefined while Redis is away, which its connection has logged. */
export async function unlessAway<Result>(
  work: Promise<Result> | undefined,
): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'upstream_unavailable') return undefined
    throw error
  }
}
