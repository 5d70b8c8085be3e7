import type { LambdaConfigType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Config } from '../../config.ts'
import { listed, ok, problem, skipped, warning } from '../check.ts'
import { changePool } from '../fixes.ts'
import { poolCheck } from './user-pool.ts'

const FUNCTIONS = {
  DefineAuthChallenge: 'define-auth-challenge',
  CreateAuthChallenge: 'create-auth-challenge',
  VerifyAuthChallengeResponse: 'verify-auth-challenge-response',
  PreSignUp: 'pre-sign-up',
} satisfies Partial<Record<keyof LambdaConfigType, string>>

type Slot = keyof typeof FUNCTIONS
const CHALLENGE_SLOTS: readonly Slot[] = [
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
]

function neededBy({ PROVISIONING }: Config): readonly Slot[] {
  return PROVISIONING === 'sign-up' ? [...CHALLENGE_SLOTS, 'PreSignUp'] : CHALLENGE_SLOTS
}

const attached = poolCheck({
  id: 'triggers.attached',
  holds: 'define, create and verify are attached, for `PROVISIONING=sign-up` also pre-sign-up',
  why: 'the challenge is theirs, and without pre-sign-up nobody who signs up is confirmed',
  worst: 'problem',
  examine({ LambdaConfig = {} }, { config }) {
    const needed = neededBy(config)
    const missing = needed.filter((slot) => !LambdaConfig[slot])
    if (missing.length === 0) return ok(`${listed(needed)} are attached`)
    const settings = missing.map((slot) => `.${slot}="<ARN of ${FUNCTIONS[slot]}>"`)
    return problem(
      `nothing is attached as ${listed(missing)}`,
      changePool(`.LambdaConfig |= (${settings.join(' | ')})`),
    )
  },
})

const place = poolCheck({
  id: 'triggers.place',
  holds: 'the triggers are functions of the region and account of the pool',
  why: 'Cognito calls functions of its own region; another account takes a policy of its own',
  worst: 'problem',
  examine(pool, { config }) {
    const given = Object.keys(FUNCTIONS).filter(isSlot)
    const home = placeOf(pool.Arn)
    const elsewhere = (part: 'region' | 'account') =>
      given.filter((slot) => isElsewhere(home, placeOf(pool.LambdaConfig?.[slot]), part))
    const [abroad, foreign] = [elsewhere('region'), elsewhere('account')]
    if (abroad.length > 0) {
      return problem(`${listed(abroad)}: of another region`, reattach(abroad, config.AWS_REGION))
    }
    if (foreign.length > 0) {
      return warning(`${listed(foreign)}: of another account`, reattach(foreign, config.AWS_REGION))
    }
    return given.some((slot) => pool.LambdaConfig?.[slot])
      ? ok('the triggers are where the pool is')
      : skipped('no trigger is attached')
  },
})

function isSlot(name: string): name is Slot {
  return Object.hasOwn(FUNCTIONS, name)
}

interface Place {
  region: string | undefined
  account: string | undefined
}

/** arn:aws:lambda:eu-west-1:123456789012:function:name */
function placeOf(arn: UserPoolType['Arn']): Place {
  const [, , , region, account] = (arn ?? '').split(':')
  return { region, account }
}

function isElsewhere(home: Place, there: Place, part: keyof Place): boolean {
  return home[part] !== undefined && there[part] !== undefined && home[part] !== there[part]
}

function reattach(slots: readonly Slot[], region: string): string {
  const settings = slots.map((slot) => `.${slot}="<ARN of ${FUNCTIONS[slot]} in ${region}>"`)
  return changePool(`.LambdaConfig |= (${settings.join(' | ')})`)
}

export const TRIGGERS = [attached, place]
