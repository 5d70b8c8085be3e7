import { ConfigError, parseConfig } from '../../src/config.ts'

/** A complete environment; tests spread it and spoil one variable. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-west-1',
  COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123',
  COGNITO_CLIENT_ID: '4k2example0client',
  AUTHSIGNAL_SECRET: 'authsignal-test-secret',
  AUTHSIGNAL_URL: 'https://eu.api.authsignal.com/v1',
  SESSION_KEYS: Buffer.alloc(32, 1).toString('base64'),
}

/** For tests that come a hundred times from one address, for one person or with one token. */
export const WITHOUT_LIMITS: Readonly<Record<string, string>> = {
  RATE_LIMIT_IP: 'off',
  RATE_LIMIT_START_IP: 'off',
  RATE_LIMIT_IDENTIFIER: 'off',
  RATE_LIMIT_COUNTRY: 'off',
  RATE_LIMIT_PREFIX: 'off',
  RATE_LIMIT_SESSION: 'off',
}

/** The lines that a bad environment is answered with; none when it is good. */
export function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    parseConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}
