import { randomBytes } from 'node:crypto'
import {
  startLocalAuthsignal,
  type LocalAuthsignal,
  type LocalAuthsignalOptions,
} from './authsignal/index.ts'
import {
  startLocalCognito,
  type LocalClient,
  type LocalCognito,
  type LocalCognitoOptions,
} from './cognito/index.ts'
import type { Triggers } from './cognito/triggers/trigger.ts'
import { startLocalIdTokens, type LocalIdTokens } from './id-tokens/index.ts'

export interface LocalStackOptions {
  /** Where `npm run build` put the triggers. */
  triggersDir: string
  /** Free ports when left out. */
  ports?: { cognito: number; authsignal: number; idTokens: number }
  host?: string
  secret?: string
  /** How the user pool is set up; `client` takes the place of its only app client. */
  pool?: Partial<Omit<LocalCognitoOptions, 'clients' | 'triggers' | 'port' | 'host'>>
  /** A client without a secret is asked for with `clientSecret: ''`. */
  client?: Partial<LocalClient>
  /** Of other applications on the same pool. */
  otherClients?: LocalClient[]
  /** How the Authsignal tenant is set up. */
  tenant?: Partial<Omit<LocalAuthsignalOptions, 'secret' | 'tenantId' | 'port' | 'host'>>
  contextRound?: 'on' | 'off'
  /** Triggers other than ours, to see how the service gets on with them. */
  triggers?: (authsignal: LocalAuthsignal) => Triggers
  /** Where the service finds the provider of ID tokens, where that is not where it listens. */
  idTokensOrigin?: string
  onLog?: (line: string) => void
}

/** The upstreams of the service, wired to each other through the built triggers. */
export interface LocalStack {
  cognito: LocalCognito
  authsignal: LocalAuthsignal
  /** Google and Apple. */
  idTokens: LocalIdTokens
  /** The environment in which the service finds them. */
  serviceEnv: Record<string, string>
  close(): Promise<void>
}

const TENANT_ID = '3f1c9d0e-6a57-4f0b-9d8e-0c2b7a4e5d61'
const CLIENT_ID = 'localclient4example5only67'
const LOCAL_CLIENT_SECRET = 'localonly'.padEnd(40, '0')

export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const secret = options.secret ?? randomBytes(24).toString('base64url')
  const { host = 'localhost', onLog = () => {} } = options
  const authsignal = await startLocalAuthsignal({
    port: options.ports?.authsignal ?? 0,
    host,
    secret,
    tenantId: TENANT_ID,
    ...options.tenant,
  })
  const { clientSecret = LOCAL_CLIENT_SECRET, ...clientOptions } = options.client ?? {}
  const client: LocalClient = {
    clientId: CLIENT_ID,
    explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    ...clientOptions,
    ...(clientSecret === '' ? {} : { clientSecret }),
  }
  const cognito = await startLocalCognito({
    ...options.pool,
    port: options.ports?.cognito ?? 0,
    host,
    clients: [client, ...(options.otherClients ?? [])],
    triggers: options.triggers?.(authsignal) ?? builtTriggers(options, authsignal.apiUrl, secret),
    onLog,
  })
  const idTokens = await startLocalIdTokens({
    port: options.ports?.idTokens ?? 0,
    host,
    ...(options.idTokensOrigin ? { publicOrigin: options.idTokensOrigin } : {}),
  })
  return {
    cognito,
    authsignal,
    idTokens,
    serviceEnv: {
      ...serviceEnv({ cognito, authsignal, client, secret }),
      ...idTokens.serviceEnv,
    },
    async close() {
      await Promise.all([cognito.close(), authsignal.close(), idTokens.close()])
    },
  }
}

function builtTriggers(
  { triggersDir, contextRound = 'off' }: LocalStackOptions,
  apiUrl: string,
  secret: string,
): Triggers {
  const env = {
    AUTHSIGNAL_SECRET: secret,
    AUTHSIGNAL_URL: apiUrl,
    ACTION_CODE: 'cognitoAuth',
    CONTEXT_ROUND: contextRound,
  }
  const built = (name: string) => ({ file: `${triggersDir}/${name}/index.mjs`, env })
  return {
    defineAuthChallenge: built('define-auth-challenge'),
    createAuthChallenge: built('create-auth-challenge'),
    verifyAuthChallengeResponse: built('verify-auth-challenge-response'),
    preSignUp: built('pre-sign-up'),
  }
}

function serviceEnv(stack: {
  cognito: LocalCognito
  authsignal: LocalAuthsignal
  client: LocalClient
  secret: string
}): Record<string, string> {
  const { cognito, authsignal, client, secret } = stack
  return {
    AWS_REGION: cognito.poolId.split('_')[0] ?? '',
    // The stand-in wants signed calls but has no accounts to check them against.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    COGNITO_ENDPOINT: cognito.url,
    COGNITO_USER_POOL_ID: cognito.poolId,
    COGNITO_CLIENT_ID: client.clientId,
    ...(client.clientSecret ? { COGNITO_CLIENT_SECRET: client.clientSecret } : {}),
    AUTHSIGNAL_SECRET: secret,
    AUTHSIGNAL_URL: authsignal.apiUrl,
    SESSION_KEYS: randomBytes(32).toString('base64'),
  }
}

/** The tenant id, which the browser SDK wants. */
export const LOCAL_TENANT_ID = TENANT_ID
