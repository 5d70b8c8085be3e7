import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { buildApp, type AppOptions } from './app.ts'
import { authsignalClient } from './authsignal/client.ts'
import { makeDecoy } from './authsignal/decoy.ts'
import { cognitoClient } from './cognito/client.ts'
import { cognitoUserPool } from './cognito/user-pool.ts'
import type { Config } from './config.ts'
import { loggerOptions } from './http/logging.ts'
import type { SignInDeps } from './sign-in/deps.ts'
import { finishSignIn } from './sign-in/finish-sign-in.ts'
import { lookalike } from './sign-in/lookalike.ts'
import { sessionSealer } from './sign-in/sealed-session.ts'
import { startSignIn } from './sign-in/start-sign-in.ts'
import { derivedKey } from './trigger-protocol/derived-key.ts'
import { VERSION } from './version.ts'

const DECOY_TIMEOUT_MS = 4_000
/** The action the triggers track under unless told otherwise. */
const DECOY_ACTION = 'cognitoAuth'
/** ASVS 6.5.5: what is sent out of band lives ten minutes at most. */
const MAX_SESSION_SECONDS = 600

/**
 * The service as configured, wired and not yet listening.
 * @param stream where log lines go; standard output when left out
 */
export function buildService(
  config: Config,
  stream?: { write(line: string): void },
): Promise<FastifyInstance> {
  const deps = signInDeps(config)
  const logger: AppOptions['logger'] = {
    ...loggerOptions(config.LOG_LEVEL),
    ...(stream === undefined ? {} : { stream }),
  }
  return buildApp(
    {
      startSignIn: (input) => startSignIn(deps, input),
      finishSignIn: (input) => finishSignIn(deps, input),
    },
    {
      version: VERSION,
      logger,
      corsOrigins: config.CORS_ORIGINS,
      trustProxy: config.TRUST_PROXY,
    },
  )
}

function signInDeps(config: Config): SignInDeps {
  const authsignal = authsignalClient({
    secret: config.AUTHSIGNAL_SECRET,
    url: config.AUTHSIGNAL_URL,
    timeoutMs: DECOY_TIMEOUT_MS,
  })
  return {
    userPool: cognitoUserPool({
      client: cognitoClient({ region: config.AWS_REGION, endpoint: config.COGNITO_ENDPOINT }),
      userPoolId: config.COGNITO_USER_POOL_ID,
      clientId: config.COGNITO_CLIENT_ID,
      clientSecret: config.COGNITO_CLIENT_SECRET,
      timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    }),
    sealer: sessionSealer(
      config.SESSION_KEYS,
      `${config.COGNITO_USER_POOL_ID}|${config.COGNITO_CLIENT_ID}`,
    ),
    lookalike: lookalike((username) => makeDecoy(authsignal, DECOY_ACTION, username)),
    keys: {
      hint: derivedKey(config.AUTHSIGNAL_SECRET, 'hint'),
      context: derivedKey(config.AUTHSIGNAL_SECRET, 'context'),
    },
    settings: {
      provisioning: config.PROVISIONING,
      answerFormat: config.CHALLENGE_ANSWER_FORMAT,
      sessionSeconds: Math.min(config.COGNITO_AUTH_SESSION_MINUTES * 60, MAX_SESSION_SECONDS),
      allowedRedirectUrls: config.ALLOWED_REDIRECT_URLS,
      startFloorMs: config.START_SIGN_IN_FLOOR_MS,
    },
    now: Date.now,
    sleep: (ms) => (ms > 0 ? sleep(ms) : Promise.resolve()),
  }
}
