import t from 'tap'
import { handler } from '../../src/triggers/define-auth-challenge.ts'
import type { ChallengeResult, DefineEvent } from '../../src/triggers/events.ts'

const right = { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'key' }
const wrong = { ...right, challengeResult: false }
const context = { ...wrong, challengeMetadata: 'PROVIDE_AUTH_PARAMETERS' }

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
  for (const challengeName of ['SRP_A', 'PASSWORD_VERIFIER', 'SMS_MFA', 'DEVICE_SRP_AUTH', '']) {
    t.strictSame(await decide([{ challengeName, challengeResult: true }]), OVER, challengeName)
    t.strictSame(await decide([{ challengeName, challengeResult: true }, right]), OVER)
  }
})

t.test('never issues tokens to a user that does not exist', async (t) => {
  t.strictSame(await decide([right], true), OVER)
  t.strictSame(await decide([], true), CHALLENGE, 'but looks the same on the way')
  t.strictSame(await decide([right], false), TOKENS)
})

t.test('an earlier right answer followed by a wrong one issues nothing', async (t) => {
  t.strictSame(await decide([right, wrong]), CHALLENGE)
})
