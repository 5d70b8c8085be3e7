import type { UserPoolClientType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import { parseConfig } from '../../src/config.ts'
import type { Verdict } from '../../src/doctor/check.ts'
import { CHECKS } from '../../src/doctor/checks.ts'
import type { Facts } from '../../src/doctor/facts.ts'
import { ENVIRONMENT } from '../support/config.ts'

const POOL_ID = ENVIRONMENT['COGNITO_USER_POOL_ID']!
const lambda = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`

/** Fills a key with bytes that all differ. */
export const sessionKey = (first: number): string =>
  Buffer.from(Array.from({ length: 32 }, (_none, index) => first + index)).toString('base64')

const RIGHT_ENVIRONMENT = {
  ...ENVIRONMENT,
  COGNITO_CLIENT_SECRET: 'the0client0secret',
  COGNITO_AUTH_SESSION_MINUTES: '10',
  SESSION_KEYS: sessionKey(1),
}

const RIGHT_POOL: UserPoolType = {
  Id: POOL_ID,
  Arn: `arn:aws:cognito-idp:eu-west-1:123456789012:userpool/${POOL_ID}`,
  MfaConfiguration: 'OFF',
  DeletionProtection: 'ACTIVE',
  UsernameAttributes: ['email', 'phone_number'],
  UsernameConfiguration: { CaseSensitive: false },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
  SchemaAttributes: [
    { Name: 'sub', Required: true },
    { Name: 'email', Required: false },
  ],
  LambdaConfig: {
    DefineAuthChallenge: lambda('define'),
    CreateAuthChallenge: lambda('create'),
    VerifyAuthChallengeResponse: lambda('verify'),
  },
}

const RIGHT_CLIENT: UserPoolClientType = {
  UserPoolId: POOL_ID,
  ClientId: ENVIRONMENT['COGNITO_CLIENT_ID'],
  ClientSecret: 'the0client0secret',
  ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  PreventUserExistenceErrors: 'ENABLED',
  AuthSessionValidity: 10,
  EnableTokenRevocation: true,
  WriteAttributes: ['name', 'given_name', 'family_name', 'nickname', 'locale', 'zoneinfo'],
}

export interface Setup extends Partial<Omit<Facts, 'config' | 'pool' | 'client'>> {
  env?: Record<string, string>
  pool?: Partial<UserPoolType> | Facts['pool']
  client?: Partial<UserPoolClientType> | Facts['client']
}

function looked(right: object, given: object): object {
  const isLooked = 'missing' in given || 'unseen' in given
  return isLooked ? given : { seen: { ...right, ...given } }
}

/** Everything as it should be, but for what is given. */
export function factsOf({ env = {}, pool = {}, client = {}, ...rest }: Setup = {}): Facts {
  const allowed = { seen: 'allowed' } as const
  return {
    config: parseConfig({ ...RIGHT_ENVIRONMENT, ...env }),
    pool: looked(RIGHT_POOL, pool) as Facts['pool'],
    client: looked(RIGHT_CLIENT, client) as Facts['client'],
    signingKeys: { seen: 'published' },
    permissions: {
      AdminCreateUser: allowed,
      AdminGetUser: allowed,
      AdminUpdateUserAttributes: allowed,
      ListUsers: allowed,
    },
    authsignal: { seen: { verdict: 'accepted', status: 200 } },
    clocks: { Cognito: { seen: 0 }, Authsignal: { seen: 0 } },
    redis: { missing: 'REDIS_URL is not set' },
    ...rest,
  }
}

export function verdictOf(id: string, setup: Setup = {}): Verdict {
  const check = CHECKS.find((candidate) => candidate.id === id)
  if (check === undefined) throw new Error(`no check ${id}`)
  const verdict = check.examine(factsOf(setup))
  // The documentation says so.
  if (verdict.status === 'problem' && check.worst === 'warning') throw new Error(`${id} is worse`)
  return verdict
}

/** A set-up, and what a check says of it: status, then parts of what was found and of the fix. */
export type Row = [what: string, setup: Setup, status: Verdict['status'], ...parts: RegExp[]]

/** One assertion on every row. */
export function examines(t: Test, id: string, rows: readonly Row[]): void {
  t.test(id, (t) => {
    for (const [what, setup, status, ...parts] of rows) {
      const verdict = verdictOf(id, setup)
      t.equal(verdict.status, status, what)
      const text = 'fix' in verdict ? `${verdict.found}\n${verdict.fix}` : verdict.found
      for (const part of parts) t.match(text, part, `${what}: ${part}`)
    }
    t.end()
  })
}
