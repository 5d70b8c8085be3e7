import { ServiceError } from '../errors.ts'
import type { AccountSettings } from './deps.ts'
import { ADD_AUTHENTICATOR } from './start-enrolment.ts'

/**
 * The action of a step-up. Those with a meaning of their own are no step-ups: a proof of one must
 * never serve as the other, however Authsignal compares their names.
 * @throws ServiceError `invalid_request`
 */
export function stepUpAction({ actionCode }: AccountSettings, given: string): string {
  const reserved = [actionCode, ADD_AUTHENTICATOR].map((action) => action.toLowerCase())
  if (reserved.includes(given.toLowerCase())) {
    const detail = 'This action has a meaning of its own; choose another name.'
    throw new ServiceError('invalid_request', { errors: [{ pointer: '/action', detail }] })
  }
  return given
}
