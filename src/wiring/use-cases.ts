import { setTimeout as sleep } from 'node:timers/promises'
import { attemptKeys } from '../account/attempt-key.ts'
import { accountUseCases, type AccountUseCases } from '../account/use-cases.ts'
import type { UseCases } from '../app.ts'
import {
  notingAccessTokens,
  notingIdTokens,
  notingSealer,
  notingUserPool,
} from '../audit/noting.ts'
import type { AuthsignalClient } from '../authsignal/client.ts'
import { decoyUserId, makeDecoy } from '../authsignal/decoy.ts'
import { accessTokenVerifier } from '../cognito/access-tokens.ts'
import { cognitoAccounts } from '../cognito/accounts.ts'
import { cognitoTokenAuthority } from '../cognito/token-authority.ts'
import { cognitoUserPool } from '../cognito/user-pool.ts'
import type { Config } from '../config.ts'
import { countedAddress } from '../limits/counted-address.ts'
import { limitedEnrolments, tellingOfNumbers } from '../limits/limited-enrolments.ts'
import { limitedIdTokens } from '../limits/limited-id-tokens.ts'
import type { Limits } from '../limits/limits.ts'
import { currentRequest } from '../request-context.ts'
import type { SharedState } from '../shared-state/shared-state.ts'
import type { SignInDeps } from '../sign-in/deps.ts'
import { finishSignIn } from '../sign-in/finish-sign-in.ts'
import { signInWithIdToken } from '../sign-in/id-token-sign-in.ts'
import { lookalike } from '../sign-in/lookalike.ts'
import { signInWithPasskey } from '../sign-in/passkey-sign-in.ts'
import type { MakeDecoy } from '../sign-in/ports.ts'
import { sessionSealer } from '../sign-in/sealed-session.ts'
import { startSignInOnce } from '../sign-in/start-once.ts'
import type { VerifyAccessToken } from '../tokens/ports.ts'
import { tokenUseCases } from '../tokens/tokens.ts'
import { derivedKey, type MacKey } from '../trigger-protocol/derived-key.ts'
import { ruleInputs } from '../trigger-protocol/signed-context.ts'
import { accountSettings, audienceOf, idTokens, signInSettings } from './settings.ts'
import type { Upstreams } from './upstreams.ts'

/** What the use cases are made of. */
export interface Parts {
  config: Config
  upstreams: Upstreams
  shared: SharedState
  limiting: Limits
}

/** The key of the digests that stand for typed addresses in sessions, contexts and the audit. */
export function contextKey(config: Config): MacKey {
  return derivedKey(config.AUTHSIGNAL_SECRET, 'context')
}

/** Everything a client can ask for, wired to what it needs. */
export function useCases(parts: Parts): UseCases {
  const verifyAccessToken = accessTokens(parts)
  return {
    ...signIns(parts),
    ...tokenUseCases({
      authority: cognitoTokenAuthority(parts.upstreams.cognito),
      verifyAccessToken,
      refreshes: parts.shared.refreshes,
      upstreamTimeoutMs: parts.config.UPSTREAM_TIMEOUT_MS,
    }),
    ...accounts(parts, verifyAccessToken),
  }
}

type SignIns = Pick<
  UseCases,
  'startSignIn' | 'finishSignIn' | 'signInWithPasskey' | 'signInWithIdToken'
>

function signIns(parts: Parts): SignIns {
  const { config, upstreams, shared, limiting } = parts
  const deps = signInDeps(parts)
  const verifyIdToken = notingIdTokens(idTokens(config, upstreams.observer), deps.keys.context)
  const earlierProof = {
    ...deps,
    ledger: shared.ledger,
    verifyIdToken: limitedIdTokens(verifyIdToken, limiting),
  }
  return {
    startSignIn: (input) => startSignInOnce({ ...deps, shareStarts: shared.shareStarts }, input),
    finishSignIn: (input) => finishSignIn(deps, input),
    signInWithPasskey: (input) => signInWithPasskey(earlierProof, input),
    signInWithIdToken: (input) => signInWithIdToken(earlierProof, input),
  }
}

function signInDeps({ config, upstreams, shared, limiting }: Parts): SignInDeps {
  const { cognito, authsignal, guards } = upstreams
  return {
    userPool: notingUserPool(cognitoUserPool(cognito)),
    sealer: notingSealer(sessionSealer(config.SESSION_KEYS, audienceOf(config))),
    lookalike: lookalike(
      decoyMaker(config, authsignal),
      // A process's own ledger would be filled by it, and knows no more.
      config.REDIS_URL === undefined ? undefined : (id) => shared.ledger.claim(id),
    ),
    checkUserPool: () => guards.cognito.check('RespondToAuthChallenge'),
    proofs: authsignal,
    keys: { hint: derivedKey(config.AUTHSIGNAL_SECRET, 'hint'), context: contextKey(config) },
    settings: signInSettings(config),
    onFinished: ({ phonePrefix }) => finishedHere(limiting, phonePrefix),
    now: Date.now,
    sleep: (ms) => (ms > 0 ? sleep(ms) : Promise.resolve()),
  }
}

function accounts(
  { config, upstreams, shared, limiting }: Parts,
  verifyAccessToken: VerifyAccessToken,
): AccountUseCases {
  const services = {
    verifyAccessToken,
    accounts: tellingOfNumbers(cognitoAccounts(upstreams.cognito), (phonePrefix) =>
      finishedHere(limiting, phonePrefix),
    ),
    authsignal: upstreams.authsignal,
    attempts: attemptKeys(derivedKey(config.AUTHSIGNAL_SECRET, 'attempt'), Date.now),
    ledger: shared.ledger,
    withLock: shared.withLock,
    refreshes: shared.refreshes,
    settings: accountSettings(config),
    now: Date.now,
  }
  const limited = accountUseCases({
    ...services,
    verifyAccessToken: limitedEnrolments(verifyAccessToken, limiting),
  })
  return {
    ...accountUseCases(services),
    startEnrolment: (...given) => limited.startEnrolment(...given),
  }
}

/** Where the present request comes from is where it was most likely started. */
function finishedHere(limiting: Limits, phonePrefix: string | undefined): void {
  const ip = currentRequest()?.ip
  limiting.finished(phonePrefix, ip === undefined ? undefined : countedAddress(ip))
}

function accessTokens({ config, upstreams: { observer } }: Parts): VerifyAccessToken {
  return notingAccessTokens(
    accessTokenVerifier({
      region: config.AWS_REGION,
      userPoolId: config.COGNITO_USER_POOL_ID,
      clientId: config.COGNITO_CLIENT_ID,
      endpoint: config.COGNITO_ENDPOINT,
      observer,
    }),
  )
}

/** Decoys as the create trigger makes them, for the cases in which it is not asked. */
function decoyMaker(config: Config, authsignal: AuthsignalClient): MakeDecoy {
  const key = derivedKey(config.AUTHSIGNAL_SECRET, 'decoy')
  return ({ name, showsName, idempotencyKey, context, evenIfBlocked }) => {
    const userId = decoyUserId(key, name)
    const username = showsName ? name : userId
    return makeDecoy(authsignal, {
      action: config.ACTION_CODE,
      idempotencyKey,
      userId,
      username,
      attributes: ruleInputs(context),
      evenIfBlocked,
    })
  }
}
