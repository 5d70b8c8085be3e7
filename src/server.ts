import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { buildAdmin } from './admin.ts'
import { buildApp } from './app.ts'
import { authsignalClient } from './authsignal/client.ts'
import { makeDecoy } from './authsignal/decoy.ts'
import { cognitoClient } from './cognito/client.ts'
import { cognitoUserPool } from './cognito/user-pool.ts'
import { ConfigError, parseConfig, type Config } from './config.ts'
import { loggerOptions } from './http/logging.ts'
import type { SignInDeps } from './sign-in/deps.ts'
import { finishSignIn } from './sign-in/finish-sign-in.ts'
import { lookalike } from './sign-in/lookalike.ts'
import { sessionSealer } from './sign-in/sealed-session.ts'
import { startSignIn } from './sign-in/start-sign-in.ts'
import { derivedKey } from './trigger-protocol/derived-key.ts'
import { VERSION } from './version.ts'

/** Shorter than the 10 s after which Docker kills, longer than any call should take. */
const STOP_GRACE_MS = 9_000
const DECOY_TIMEOUT_MS = 4_000
/** The action the triggers track under unless told otherwise. */
const DECOY_ACTION = 'cognitoAuth'
/** ASVS 6.5.5: what is sent out of band lives ten minutes at most. */
const MAX_SESSION_SECONDS = 600

function configOrExit(): Config {
  try {
    return parseConfig(process.env)
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : ['cannot be read']
    process.stderr.write(
      `The configuration is not usable:\n${problems.map((line) => `  ${line}\n`).join('')}` +
        `See docs/configuration.md. To try the service without any account: npm run dev\n`,
    )
    process.exit(1)
  }
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
    lookalike: lookalike(() => makeDecoy(authsignal, DECOY_ACTION)),
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

const config = configOrExit()
const deps = signInDeps(config)
let isReady = false

const app = await buildApp(
  {
    startSignIn: (input) => startSignIn(deps, input),
    finishSignIn: (input) => finishSignIn(deps, input),
  },
  {
    version: VERSION,
    logger: loggerOptions(config.LOG_LEVEL),
    corsOrigins: config.CORS_ORIGINS,
    trustProxy: config.TRUST_PROXY,
  },
)
const admin = buildAdmin({
  isReady: () => isReady,
  openApi: () => app.swagger(),
  logger: app.log,
})

closeWithGrace({ delay: STOP_GRACE_MS, logger: false }, async ({ err, signal }) => {
  isReady = false
  if (err) app.log.fatal({ err }, 'stopping after an error nobody caught')
  else app.log.info({ signal }, 'stopping')
  // Waits for the requests in flight, refuses new ones.
  await app.close()
  await admin.close()
})

await admin.listen({ port: config.ADMIN_PORT, host: config.HOST })
await app.listen({ port: config.PORT, host: config.HOST })
isReady = true
