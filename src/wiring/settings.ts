import type { AccountSettings } from '../account/deps.ts'
import type { Config } from '../config.ts'
import { apple, google } from '../id-tokens/providers.ts'
import { idTokenVerifier } from '../id-tokens/verify.ts'
import type { LimitSettings } from '../limits/limits.ts'
import type { SignInSettings } from '../sign-in/deps.ts'
import type { VerifyIdToken } from '../sign-in/ports.ts'
import type { UpstreamObserver } from '../upstream/ports.ts'

/** ASVS 6.5.5: what is sent out of band lives ten minutes at most. */
const MAX_SESSION_SECONDS = 600

/** Sets what is sealed or remembered here apart from other deployments with the same keys. */
export function audienceOf(config: Config): string {
  return `${config.COGNITO_USER_POOL_ID}|${config.COGNITO_CLIENT_ID}`
}

export function signInSettings(config: Config): SignInSettings {
  return {
    provisioning: config.PROVISIONING,
    answerFormat: config.CHALLENGE_ANSWER_FORMAT,
    actionCode: config.ACTION_CODE,
    sessionSeconds: Math.min(config.COGNITO_AUTH_SESSION_MINUTES * 60, MAX_SESSION_SECONDS),
    allowedRedirectUrls: config.ALLOWED_REDIRECT_URLS,
    blockedStarts: config.BLOCKED_STARTS,
    floorMs: config.START_SIGN_IN_FLOOR_MS,
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
}

export function limitSettings(config: Config): LimitSettings {
  return {
    rates: {
      ip: config.RATE_LIMIT_IP,
      start: config.RATE_LIMIT_START_IP,
      identifier: config.RATE_LIMIT_IDENTIFIER,
      country: config.RATE_LIMIT_COUNTRY,
      session: config.RATE_LIMIT_SESSION,
    },
    prefix: config.RATE_LIMIT_PREFIX,
    phoneCountries: config.PHONE_COUNTRIES,
  }
}

export function accountSettings(config: Config): AccountSettings {
  return {
    actionCode: config.ACTION_CODE,
    profileFields: config.PROFILE_ATTRIBUTES,
    recentMs: config.RECENT_SIGN_IN_MINUTES * 60_000,
    allowedRedirectUrls: config.ALLOWED_REDIRECT_URLS,
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
}

export function idTokens(config: Config, observer: UpstreamObserver): VerifyIdToken {
  const providers = [
    google({ audiences: config.GOOGLE_AUDIENCES, endpoint: config.GOOGLE_ENDPOINT }),
    apple({ audiences: config.APPLE_AUDIENCES, endpoint: config.APPLE_ENDPOINT }),
  ]
  return idTokenVerifier(providers, { nonce: config.ID_TOKEN_NONCE, observer })
}
