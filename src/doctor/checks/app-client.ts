import type { UserPoolClientType } from '@aws-sdk/client-cognito-identity-provider'
import {
  checkOf,
  notSeen,
  ok,
  problem,
  skipped,
  warning,
  withoutFix,
  type Check,
} from '../check.ts'
import { changeClient, settingOf } from '../fixes.ts'

export const clientCheck = (check: Parameters<typeof checkOf<UserPoolClientType>>[1]): Check =>
  checkOf(({ client }) => withoutFix(client), check)

const CUSTOM = 'ALLOW_CUSTOM_AUTH'
const REFRESH = 'ALLOW_REFRESH_TOKEN_AUTH'
/** Seconds; two instances that are asked to refresh one token are not further apart. */
const GRACE = 10

function flowsOf({ ExplicitAuthFlows = [] }: UserPoolClientType): readonly string[] {
  // AWS docs: left out, these three are allowed.
  if (ExplicitAuthFlows.length === 0) return [REFRESH, 'ALLOW_USER_SRP_AUTH', CUSTOM]
  return ExplicitAuthFlows
}

function rotates({ RefreshTokenRotation }: UserPoolClientType): boolean {
  return RefreshTokenRotation?.Feature === 'ENABLED'
}

/** The flows the service needs; with rotation the refresh flow must not be there. */
function setFlows(client: UserPoolClientType): string {
  const flows = rotates(client) ? [CUSTOM] : [CUSTOM, REFRESH]
  return changeClient(settingOf('ExplicitAuthFlows', flows))
}

const exists: Check = {
  id: 'client.exists',
  holds: '`COGNITO_CLIENT_ID` is an app client of the pool',
  why: 'Cognito answers only to its own app clients',
  worst: 'problem',
  examine({ client, config }) {
    if ('seen' in client) return ok('the app client is there')
    if ('unseen' in client) return notSeen(client)
    return problem(
      client.missing,
      `aws cognito-idp list-user-pool-clients --user-pool-id ${config.COGNITO_USER_POOL_ID}, then set COGNITO_CLIENT_ID`,
    )
  },
}

const customAuth = clientCheck({
  id: 'client.custom-auth',
  holds: '`ALLOW_CUSTOM_AUTH` is on',
  why: 'every sign-in is a custom challenge',
  worst: 'problem',
  examine(client) {
    const flows = flowsOf(client)
    // CUSTOM_AUTH_FLOW_ONLY is the older spelling.
    return flows.includes(CUSTOM) || flows.includes('CUSTOM_AUTH_FLOW_ONLY')
      ? ok('custom authentication is allowed')
      : problem('custom authentication is not allowed', setFlows(client))
  },
})

const otherFlows = clientCheck({
  id: 'client.password-flows',
  holds: "no flow with a password is on, nor Cognito's own choice of factors",
  why: 'they sign in past Authsignal: plain SRP runs no trigger',
  worst: 'warning',
  examine(client) {
    const others = flowsOf(client).filter(
      (flow) => !/^(ALLOW_)?(CUSTOM|REFRESH_TOKEN)_AUTH/.test(flow),
    )
    if (others.length === 0) return ok('no other flow is allowed')
    const unset = (client.ExplicitAuthFlows ?? []).length === 0
    return warning(
      `allowed beside it: ${others.join(', ')}${unset ? ' (flows that are not set are the default ones)' : ''}`,
      setFlows(client),
    )
  },
})

const refreshFlow = clientCheck({
  id: 'client.refresh',
  holds: 'refresh tokens are either rotated or have `ALLOW_REFRESH_TOKEN_AUTH`, not both',
  why: 'the two exclude each other, and without either Cognito may refuse refreshes',
  worst: 'warning',
  examine(client) {
    const isRotated = rotates(client)
    const isAllowed = flowsOf(client).some((flow) => flow.endsWith('REFRESH_TOKEN_AUTH'))
    const found = `rotation is ${isRotated ? 'on' : 'off'}, ${REFRESH} is ${isAllowed ? 'on' : 'off'}`
    return isRotated === isAllowed ? warning(found, setFlows(client)) : ok(found)
  },
})

const grace = clientCheck({
  id: 'client.rotation-grace',
  holds: `rotation of refresh tokens leaves ${GRACE} s of grace, or there is a Redis`,
  why: 'two instances asked to refresh one token at once would end the session',
  worst: 'warning',
  examine(client, { config: { REDIS_URL } }) {
    if (!rotates(client)) return skipped('refresh tokens are not rotated')
    const seconds = client.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0
    const found = `${seconds} s of grace, ${REDIS_URL === undefined ? 'without' : 'with'} Redis`
    if (seconds >= GRACE || REDIS_URL !== undefined) return ok(found)
    const fix = changeClient(`.RefreshTokenRotation.RetryGracePeriodSeconds=${GRACE}`)
    return warning(found, `${fix}, or set REDIS_URL`)
  },
})

const userExistence = clientCheck({
  id: 'client.user-existence',
  holds: '`PreventUserExistenceErrors` is `ENABLED`',
  why: 'who calls Cognito directly would learn who has an account',
  worst: 'problem',
  examine({ PreventUserExistenceErrors = 'LEGACY', ClientSecret }) {
    const found = `PreventUserExistenceErrors is ${PreventUserExistenceErrors}`
    if (PreventUserExistenceErrors === 'ENABLED') return ok(found)
    const fix = changeClient('.PreventUserExistenceErrors="ENABLED"')
    // Only who has the secret can call Cognito directly.
    return ClientSecret ? warning(found, fix) : problem(`${found}, and there is no secret`, fix)
  },
})

const sessionValidity = clientCheck({
  id: 'client.session-validity',
  holds: '`AuthSessionValidity` is `COGNITO_AUTH_SESSION_MINUTES`',
  why: '`expiresIn` would promise more time than there is, or less',
  worst: 'problem',
  examine({ AuthSessionValidity = 3 }, { config: { COGNITO_AUTH_SESSION_MINUTES: ours } }) {
    const found = `AuthSessionValidity is ${AuthSessionValidity}, COGNITO_AUTH_SESSION_MINUTES ${ours}`
    if (ours === AuthSessionValidity) return ok(found)
    const fix = `set COGNITO_AUTH_SESSION_MINUTES=${AuthSessionValidity}, or ${changeClient(`.AuthSessionValidity=${ours}`)}`
    return ours > AuthSessionValidity ? problem(found, fix) : warning(found, fix)
  },
})

const revocation = clientCheck({
  id: 'client.token-revocation',
  holds: 'token revocation is on',
  why: 'without it nobody can sign out',
  worst: 'problem',
  examine({ EnableTokenRevocation }) {
    return EnableTokenRevocation === true
      ? ok('token revocation is on')
      : problem('token revocation is off', changeClient('.EnableTokenRevocation=true'))
  },
})

const secret = clientCheck({
  id: 'client.secret',
  holds: 'the app client has a secret, and `COGNITO_CLIENT_SECRET` is it',
  why: 'without one, whoever knows the client id gets round this service and its limits',
  worst: 'problem',
  examine(client, { config: { COGNITO_CLIENT_SECRET: ours } }) {
    const theirs = client.ClientSecret || undefined
    if (ours === undefined && theirs === undefined) {
      return warning('the app client has no secret', createWithSecret(client))
    }
    if (theirs === undefined) {
      return problem('COGNITO_CLIENT_SECRET is set, but the app client has no secret', unsetSecret)
    }
    const show = `set COGNITO_CLIENT_SECRET to ${showSecret(client)}`
    if (ours === undefined) {
      return problem('the app client has a secret, but COGNITO_CLIENT_SECRET is not set', show)
    }
    if (ours === theirs) return ok('COGNITO_CLIENT_SECRET is the secret of the app client')
    return problem('COGNITO_CLIENT_SECRET is not the secret that the app client shows', show)
  },
})

const unsetSecret = 'unset COGNITO_CLIENT_SECRET, or name an app client that has one'

function showSecret({ UserPoolId, ClientId }: UserPoolClientType): string {
  return `"$(aws cognito-idp describe-user-pool-client --user-pool-id ${UserPoolId} --client-id ${ClientId} --query UserPoolClient.ClientSecret --output text)"`
}

/** A client that was made without a secret does not show one later. */
function createWithSecret({ UserPoolId }: UserPoolClientType): string {
  return `aws cognito-idp create-user-pool-client --user-pool-id ${UserPoolId} --client-name cognito-authsignal-bff --generate-secret --explicit-auth-flows ${CUSTOM} ${REFRESH} --prevent-user-existence-errors ENABLED --enable-token-revocation --auth-session-validity 10, then set COGNITO_CLIENT_ID, COGNITO_CLIENT_SECRET and COGNITO_AUTH_SESSION_MINUTES`
}

export const APP_CLIENT = [
  exists,
  customAuth,
  otherFlows,
  refreshFlow,
  grace,
  userExistence,
  sessionValidity,
  revocation,
  secret,
]
