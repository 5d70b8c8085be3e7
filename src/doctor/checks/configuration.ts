import type { Config } from '../../config.ts'
import { isSecureUrl } from '../../secure-url.ts'
import { ok, problem, skipped, warning, type Check } from '../check.ts'

/** 32 random bytes repeat a few values; a typed or copied pattern has hardly any. */
const LEAST_DIFFERENT_BYTES = 16
const EMULATORS = [
  'COGNITO_ENDPOINT',
  'GOOGLE_ENDPOINT',
  'APPLE_ENDPOINT',
] satisfies (keyof Config)[]

const sessionKeys: Check = {
  id: 'config.session-keys',
  holds: '`SESSION_KEYS` are distinct and random',
  why: 'they seal the sessions; a key that is there twice was not rotated',
  worst: 'problem',
  examine({ config: { SESSION_KEYS: keys } }) {
    const fix = 'openssl rand -base64 32'
    if (keys.some((key) => new Set(key).size < LEAST_DIFFERENT_BYTES)) {
      return problem('a key is no random one', fix)
    }
    const distinct = new Set(keys.map((key) => key.toString('base64'))).size
    if (distinct < keys.length) return warning('a key is there twice', fix)
    return ok(keys.length === 1 ? 'one key' : `${keys.length} different keys`)
  },
}

const redirectUrls: Check = {
  id: 'config.redirect-urls',
  holds: '`ALLOWED_REDIRECT_URLS` are https, or belong to an app',
  why: 'the proof of a challenge goes there, for whoever is on the way to read',
  worst: 'problem',
  examine({ config: { ALLOWED_REDIRECT_URLS: urls } }) {
    if (urls.length === 0) return skipped('there are none')
    const fix = 'set ALLOWED_REDIRECT_URLS to https:// URLs'
    const plain = urls.filter((url) => !/^(?!http:|javascript:|data:|blob:|file:)/i.test(url))
    const open = plain.filter((url) => !isSecureUrl(url))
    if (open.length > 0) return problem(`${open.length} of ${urls.length} are not https`, fix)
    if (plain.length > 0) {
      return warning(`${plain.length} of ${urls.length} are http on a local host`, fix)
    }
    return ok('none of them is plain http')
  },
}

const emulators: Check = {
  id: 'config.endpoints',
  holds: 'nothing stands in for Cognito, Google or Apple',
  why: 'whoever answers there says who signs in',
  worst: 'warning',
  examine({ config }) {
    const set = EMULATORS.filter((name) => config[name] !== undefined)
    if (set.length === 0) return ok('the real ones are asked')
    return warning(`${set.join(', ')} set: good for emulators only`, `unset ${set.join(' ')}`)
  },
}

const audit: Check = {
  id: 'config.audit',
  holds: '`AUDIT_LOG` is on, and `LOG_LEVEL` is not `silent`',
  why: 'nobody could tell afterwards who signed in, or what went wrong',
  worst: 'warning',
  examine({ config: { AUDIT_LOG, LOG_LEVEL } }) {
    if (AUDIT_LOG === 'off') return warning('no audit events are written', 'set AUDIT_LOG=on')
    if (LOG_LEVEL === 'silent') return warning('nothing else is logged', 'set LOG_LEVEL=info')
    return ok('both are written')
  },
}

export const CONFIGURATION = [sessionKeys, redirectUrls, emulators, audit]
