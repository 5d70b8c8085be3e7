import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { buildApp, type AppOptions } from './app.ts'
import { authsignalClient, type AuthsignalClient } from './authsignal/client.ts'
import { decoyUserId, makeDecoy } from './authsignal/decoy.ts'
import { accessTokenVerifier } from './cognito/access-tokens.ts'
import { cognitoClient } from './cognito/client.ts'
import { cognitoTokenAuthority } from './cognito/token-authority.ts'
import { cognitoUserPool } from './cognito/user-pool.ts'
import type { Config } from './config.ts'
import { loggerOptions } from './http/logging.ts'
import type { SignInDeps } from './sign-in/deps.ts'
import { finishSignIn } from './sign-in/finish-sign-in.ts'
import { lookalike } from './sign-in/lookalike.ts'
import type { MakeDecoy, UserPool } from './sign-in/ports.ts'
import { sessionSealer } from './sign-in/sealed-session.ts'
import { startSignIn } from './sign-in/start-sign-in.ts'
import { derivedKey } from './trigger-protocol/derived-key.ts'
import { ruleInputs } from './trigger-protocol/signed-context.ts'
import { tokenUseCases } from './tokens/tokens.ts'
import { VERSION } from './version.ts'

/** One call to Authsignal. */
const AUTHSIGNAL_TIMEOUT_MS = 4_000
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
  const cognito = {
    client: cognitoClient({ region: config.AWS_REGION, endpoint: config.COGNITO_ENDPOINT }),
    userPoolId: config.COGNITO_USER_POOL_ID,
    clientId: config.COGNITO_CLIENT_ID,
    clientSecret: config.COGNITO_CLIENT_SECRET,
    signUpKey:
      config.PROVISIONING === 'sign-up'
        ? derivedKey(config.AUTHSIGNAL_SECRET, 'context')
        : undefined,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
  const authsignal = authsignalClient({
    secret: config.AUTHSIGNAL_SECRET,
    url: config.AUTHSIGNAL_URL,
    timeoutMs: AUTHSIGNAL_TIMEOUT_MS,
  })
  const deps = signInDeps(config, cognitoUserPool(cognito), authsignal)
  const tokens = tokenUseCases({
    authority: cognitoTokenAuthority(cognito),
    verifyAccessToken: accessTokenVerifier({
      region: config.AWS_REGION,
      userPoolId: config.COGNITO_USER_POOL_ID,
      clientId: config.COGNITO_CLIENT_ID,
      endpoint: config.COGNITO_ENDPOINT,
    }),
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    now: Date.now,
  })
  const logger: AppOptions['logger'] = {
    ...loggerOptions(config.LOG_LEVEL),
    ...(stream === undefined ? {} : { stream }),
  }
  return buildApp(
    {
      startSignIn: (input) => startSignIn(deps, input),
      finishSignIn: (input) => finishSignIn(deps, input),
      ...tokens,
    },
    {
      version: VERSION,
      logger,
      corsOrigins: config.CORS_ORIGINS,
      trustProxy: config.TRUST_PROXY,
    },
  )
}

function signInDeps(config: Config, userPool: UserPool, authsignal: AuthsignalClient): SignInDeps {
  return {
    userPool,
    sealer: sessionSealer(
      config.SESSION_KEYS,
      `${config.COGNITO_USER_POOL_ID}|${config.COGNITO_CLIENT_ID}`,
    ),
    lookalike: lookalike(decoyMaker(config, authsignal)),
    proofs: authsignal,
    keys: {
      hint: derivedKey(config.AUTHSIGNAL_SECRET, 'hint'),
      context: derivedKey(config.AUTHSIGNAL_SECRET, 'context'),
    },
    settings: {
      provisioning: config.PROVISIONING,
      answerFormat: config.CHALLENGE_ANSWER_FORMAT,
      actionCode: config.ACTION_CODE,
      sessionSeconds: Math.min(config.COGNITO_AUTH_SESSION_MINUTES * 60, MAX_SESSION_SECONDS),
      allowedRedirectUrls: config.ALLOWED_REDIRECT_URLS,
      floorMs: config.START_SIGN_IN_FLOOR_MS,
      upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
    },
    now: Date.now,
    sleep: (ms) => (ms > 0 ? sleep(ms) : Promise.resolve()),
  }
}

/** Decoys as the create trigger makes them, for the cases in which it is not asked. */
function decoyMaker(config: Config, authsignal: AuthsignalClient): MakeDecoy {
  const key = derivedKey(config.AUTHSIGNAL_SECRET, 'decoy')
  return ({ name, showsName, idempotencyKey, context }) => {
    const userId = decoyUserId(key, name)
    const username = showsName ? name : userId
    return makeDecoy(authsignal, {
      action: config.ACTION_CODE,
      idempotencyKey,
      userId,
      username,
      attributes: ruleInputs(context),
    })
  }
}
