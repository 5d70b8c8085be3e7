import t from 'tap'
import { handler } from '../../src/triggers/define-auth-challenge.ts'
import type { ChallengeResult, DefineEvent } from '../../src/triggers/events.ts'

const right = { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'key' }
const wrong = { ...right, challengeResult: false }
const context = { ...wrong, challengeMetadata: 'PROVIDE_AUTH_PARAMETERS' }

const round = (challengeName: string, challengeResult = true) => ({
  challengeName,
  challengeResult,
  challengeMetadata: null,
})
const srpA = round('SRP_A')
const password = round('PASSWORD_VERIFIER')

const CHALLENGE = {
  challengeName: 'CUSTOM_CHALLENGE',
  issueTokens: false,
  failAuthentication: false,
}
const TOKENS = { challengeName: null, issueTokens: true, failAuthentication: false }
const OVER = { challengeName: null, issueTokens: false, failAuthentication: true }

async function decide(session: ChallengeResult[], userNotFound?: boolean): Promise<unknown> {
  const event: DefineEvent = {
    version: '1',
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_Pool',
    userName: 'ada',
    callerContext: { awsSdkVersion: 'x', clientId: 'client' },
    triggerSource: 'DefineAuthChallenge_Authentication',
    request: {
      userAttributes: {},
      session,
      ...(userNotFound === undefined ? {} : { userNotFound }),
    },
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  }
  return (await handler(event)).response
}

t.test('begins with a challenge', async (t) => {
  t.strictSame(await decide([]), CHALLENGE)
})

t.test('issues tokens for the right answer, at once or after wrong ones', async (t) => {
  t.strictSame(await decide([right]), TOKENS)
  t.strictSame(await decide([wrong, wrong, right]), TOKENS)
})

t.test('allows three attempts', async (t) => {
  t.strictSame(await decide([wrong]), CHALLENGE)
  t.strictSame(await decide([wrong, wrong]), CHALLENGE)
  t.strictSame(await decide([wrong, wrong, wrong]), OVER)
})

t.test('does not count the context round as an attempt, and allows one of them', async (t) => {
  t.strictSame(await decide([context]), CHALLENGE)
  t.strictSame(await decide([context, wrong, wrong]), CHALLENGE)
  t.strictSame(await decide([context, wrong, wrong, wrong]), OVER)
  t.strictSame(await decide([context, right]), TOKENS)
  t.strictSame(await decide([context, context]), OVER)
})

t.test('never issues tokens for a round that is not ours', async (t) => {
  for (const name of ['PASSWORD_VERIFIER', 'SMS_MFA', 'DEVICE_SRP_AUTH', 'NEW_PASSWORD', '']) {
    t.strictSame(await decide([round(name)]), OVER, name)
    t.strictSame(await decide([round(name), right]), OVER)
    t.strictSame(await decide([right, round(name)]), OVER)
    t.strictSame(await decide([wrong, round(name)]), OVER)
  }
})

t.test('a sign-in that begins with a password goes on with a challenge of ours', async (t) => {
  t.strictSame(await decide([srpA]), { ...CHALLENGE, challengeName: 'PASSWORD_VERIFIER' })
  t.strictSame(await decide([srpA, password]), CHALLENGE, 'the password alone issues nothing')
  t.strictSame(await decide([srpA, password, right]), TOKENS)
  t.strictSame(await decide([srpA, password, wrong, wrong, right]), TOKENS)
})

t.test('three attempts after the password too, and no context round among them', async (t) => {
  t.strictSame(await decide([srpA, password, wrong, wrong]), CHALLENGE)
  t.strictSame(await decide([srpA, password, wrong, wrong, wrong]), OVER)
  t.strictSame(await decide([srpA, password, context]), OVER)
  t.strictSame(await decide([srpA, password, context, right]), OVER)
})

t.test('a wrong password ends it', async (t) => {
  const refused = round('PASSWORD_VERIFIER', false)
  t.strictSame(await decide([srpA, refused]), OVER)
  t.strictSame(await decide([srpA, refused, right]), OVER)
  t.strictSame(await decide([round('SRP_A', false)]), OVER)
  t.strictSame(await decide([round('SRP_A', false), password, right]), OVER)
})

t.test('exactly that order, and nothing in between', async (t) => {
  for (const session of [
    [srpA, right],
    [srpA, wrong],
    [srpA, srpA],
    [srpA, context, password],
    [srpA, right, password],
    [password, srpA],
    [password, right],
    [right, srpA, password],
    [context, srpA],
    [context, srpA, password, right],
    [srpA, password, password],
    [srpA, password, right, password],
    [srpA, password, right, srpA],
    [srpA, password, round('SMS_MFA')],
    [srpA, password, round('SMS_MFA'), right],
    [srpA, password, right, round('SOFTWARE_TOKEN_MFA')],
    [srpA, round('SMS_MFA'), password, right],
  ]) {
    t.strictSame(await decide(session), OVER, JSON.stringify(session.map((r) => r.challengeName)))
  }
})

t.test('never issues tokens to a user that does not exist', async (t) => {
  t.strictSame(await decide([right], true), OVER)
  t.strictSame(await decide([], true), CHALLENGE, 'but looks the same on the way')
  t.strictSame(await decide([srpA], true), { ...CHALLENGE, challengeName: 'PASSWORD_VERIFIER' })
  t.strictSame(await decide([srpA, password, right], true), OVER)
  t.strictSame(await decide([right], false), TOKENS)
})

t.test('an earlier right answer followed by a wrong one issues nothing', async (t) => {
  t.strictSame(await decide([right, wrong]), CHALLENGE)
})
