import { ServiceError } from '../errors.ts'

export type Custom = Record<string, string | number | boolean>

const KEY = /^[a-zA-Z0-9_.-]{1,64}$/
const MOST_ENTRIES = 20
const LONGEST_TEXT = 256

/**
 * Data points as Authsignal takes them: flat, and few.
 * @throws ServiceError `invalid_request`
 */
export function readCustom(given: unknown): Custom {
  const entries = Object.entries(typeof given === 'object' && given !== null ? given : {})
  const custom: Custom = {}
  for (const [key, value] of entries.slice(0, MOST_ENTRIES + 1)) {
    if (KEY.test(key) && isDataPoint(value)) custom[key] = value
  }
  if (entries.length > MOST_ENTRIES || Object.keys(custom).length !== entries.length) {
    const detail =
      'Send at most 20 entries: names of letters, digits, dots, dashes and underscores, values that ' +
      'are numbers, booleans or texts of at most 256 characters.'
    throw new ServiceError('invalid_request', { errors: [{ pointer: '/custom', detail }] })
  }
  return custom
}

function isDataPoint(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value.length <= LONGEST_TEXT
  return typeof value === 'number' || typeof value === 'boolean'
}
