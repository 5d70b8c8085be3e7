import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { attemptKeys } from './account/attempt-key.ts'
import type { AccountSettings } from './account/deps.ts'
import { accountUseCases } from './account/use-cases.ts'
import { buildApp, type AppOptions } from './app.ts'
import { authsignalClient, type AuthsignalClient } from './authsignal/client.ts'
import { decoyUserId, makeDecoy } from './authsignal/decoy.ts'
import { accessTokenVerifier } from './cognito/access-tokens.ts'
import { cognitoAccounts } from './cognito/accounts.ts'
import { cognitoClient } from './cognito/client.ts'
import { cognitoTokenAuthority } from './cognito/token-authority.ts'
import { cognitoUserPool } from './cognito/user-pool.ts'
import type { Config } from './config.ts'
import { loggerOptions } from './http/logging.ts'
import { apple, google } from './id-tokens/providers.ts'
import { idTokenVerifier } from './id-tokens/verify.ts'
import type { SignInDeps } from './sign-in/deps.ts'
import { finishSignIn } from './sign-in/finish-sign-in.ts'
import { lookalike } from './sign-in/lookalike.ts'
import { signInWithIdToken } from './sign-in/id-token-sign-in.ts'
import { signInWithPasskey } from './sign-in/passkey-sign-in.ts'
import type { MakeDecoy, UserPool, VerifyIdToken } from './sign-in/ports.ts'
import { sharedState } from './shared-state/shared-state.ts'
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
export async function buildService(
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
    usernameForm: config.USERNAME_FORM,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
  const authsignal = authsignalClient({
    secret: config.AUTHSIGNAL_SECRET,
    url: config.AUTHSIGNAL_URL,
    timeoutMs: AUTHSIGNAL_TIMEOUT_MS,
  })
  const shared = sharedState({
    redisUrl: config.REDIS_URL,
    digestKey: derivedKey(config.AUTHSIGNAL_SECRET, 'shared state'),
    sessionKeys: config.SESSION_KEYS,
    audience: audienceOf(config),
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
  })
  const { ledger, refreshes, withLock } = shared
  const deps = signInDeps(config, cognitoUserPool(cognito), authsignal)
  const earlierProof = { ...deps, ledger, verifyIdToken: idTokens(config) }
  const verifyAccessToken = accessTokenVerifier({
    region: config.AWS_REGION,
    userPoolId: config.COGNITO_USER_POOL_ID,
    clientId: config.COGNITO_CLIENT_ID,
    endpoint: config.COGNITO_ENDPOINT,
  })
  const tokens = tokenUseCases({
    authority: cognitoTokenAuthority(cognito),
    verifyAccessToken,
    refreshes,
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
  })
  const account = accountUseCases({
    verifyAccessToken,
    accounts: cognitoAccounts(cognito),
    authsignal,
    attempts: attemptKeys(derivedKey(config.AUTHSIGNAL_SECRET, 'attempt'), Date.now),
    ledger,
    withLock,
    refreshes,
    settings: accountSettings(config),
    now: Date.now,
  })
  const logger: AppOptions['logger'] = {
    ...loggerOptions(config.LOG_LEVEL),
    ...(stream === undefined ? {} : { stream }),
  }
  const app = await buildApp(
    {
      startSignIn: (input) => startSignIn(deps, input),
      finishSignIn: (input) => finishSignIn(deps, input),
      signInWithPasskey: (input) => signInWithPasskey(earlierProof, input),
      signInWithIdToken: (input) => signInWithIdToken(earlierProof, input),
      ...tokens,
      ...account,
    },
    {
      version: VERSION,
      logger,
      corsOrigins: config.CORS_ORIGINS,
      trustProxy: config.TRUST_PROXY,
    },
  )
  app.addHook('onReady', async () => shared.open(app.log))
  // Runs when the last request has been answered.
  app.addHook('onClose', () => shared.close())
  return app
}

/** Sets what is sealed or remembered here apart from other deployments with the same keys. */
function audienceOf(config: Config): string {
  return `${config.COGNITO_USER_POOL_ID}|${config.COGNITO_CLIENT_ID}`
}

function signInDeps(config: Config, userPool: UserPool, authsignal: AuthsignalClient): SignInDeps {
  return {
    userPool,
    sealer: sessionSealer(config.SESSION_KEYS, audienceOf(config)),
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

function accountSettings(config: Config): AccountSettings {
  return {
    actionCode: config.ACTION_CODE,
    profileFields: config.PROFILE_ATTRIBUTES,
    recentMs: config.RECENT_SIGN_IN_MINUTES * 60_000,
    allowedRedirectUrls: config.ALLOWED_REDIRECT_URLS,
    upstreamTimeoutMs: config.UPSTREAM_TIMEOUT_MS,
  }
}

function idTokens(config: Config): VerifyIdToken {
  const providers = [
    google({ audiences: config.GOOGLE_AUDIENCES, endpoint: config.GOOGLE_ENDPOINT }),
    apple({ audiences: config.APPLE_AUDIENCES, endpoint: config.APPLE_ENDPOINT }),
  ]
  return idTokenVerifier(providers, { nonce: config.ID_TOKEN_NONCE })
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
