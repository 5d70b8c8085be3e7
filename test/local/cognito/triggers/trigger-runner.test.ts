import t from 'tap'
import type { LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { codeTriggers, errorOf, notAuthorized, startSubject } from '../support.ts'

type Triggers = NonNullable<LocalCognitoOptions['triggers']>

const UNRECOGNIZABLE = {
  name: 'InvalidLambdaResponseException',
  message: 'Unrecognizable lambda output',
}
const WRONG = notAuthorized('Incorrect username or password.')

async function startWith(t: Parameters<typeof startSubject>[0], triggers: Triggers) {
  const subject = await startSubject(t, {
    triggers: { ...codeTriggers, ...triggers },
    triggerTimeoutMs: 100,
  })
  subject.local.users.put({ username: 'ann@example.com' })
  return subject
}

const answering = (response: unknown) => (event: object) => ({ ...event, response })

const throwing = () => {
  throw new Error('Ring twice\nper favore')
}

t.test('a thrown text reaches the caller, with the name of the trigger', async (t) => {
  const text = 'failed with error Ring twice\nper favore.'
  const { start, local } = await startWith(t, { createAuthChallenge: throwing })
  t.strictSame(await errorOf(start('ann@example.com')), {
    name: 'UserLambdaValidationException',
    message: `CreateAuthChallenge ${text}`,
  })
  t.strictSame(
    local.triggers.invocations.map(({ trigger, outcome }) => [trigger, outcome.kind]),
    [
      ['defineAuthChallenge', 'answered'],
      ['createAuthChallenge', 'threw'],
    ],
  )
  const define = await startWith(t, { defineAuthChallenge: throwing })
  t.match(await errorOf(define.start('ann@example.com')), {
    message: `DefineAuthChallenge ${text}`,
  })
  const post = await startWith(t, { postAuthentication: throwing })
  t.match(await errorOf(post.signIn('ann@example.com')), {
    message: `PostAuthentication ${text}`,
  })
})

t.test('a function that is too slow is invoked three times', async (t) => {
  const { start, local } = await startWith(t, {
    createAuthChallenge: () => new Promise(() => {}),
  })
  t.strictSame(await errorOf(start('ann@example.com')), {
    name: 'UnexpectedLambdaException',
    message:
      'CreateAuthChallenge invocation failed due to error Socket timeout while invoking Lambda function.',
  })
  const created = local.triggers.invocations.filter((i) => i.trigger === 'createAuthChallenge')
  t.equal(created.length, 3)
  t.strictSame(created[0]?.event, created[2]?.event, 'with the same event')
})

t.test('a trigger that answers at the second attempt is enough', async (t) => {
  let attempts = 0
  const { start } = await startWith(t, {
    createAuthChallenge: (event) => {
      attempts += 1
      return attempts === 1 ? new Promise(() => {}) : codeTriggers.createAuthChallenge(event)
    },
  })
  t.ok((await start('ann@example.com')).Session)
  t.equal(attempts, 2)
})

t.test('null is no JSON, anything but an event is unrecognizable', async (t) => {
  const cases: [unknown, object][] = [
    [null, { name: 'InvalidLambdaResponseException', message: /Invalid JSON$/ }],
    ['ok', UNRECOGNIZABLE],
    [[], UNRECOGNIZABLE],
    [{}, UNRECOGNIZABLE],
    [{ response: 'ok' }, UNRECOGNIZABLE],
  ]
  for (const [result, error] of cases) {
    const { start } = await startWith(t, { defineAuthChallenge: () => result })
    t.match(await errorOf(start('ann@example.com')), error)
  }
})

t.test('Define must answer in the right types', async (t) => {
  for (const response of [
    { issueTokens: 'true' },
    { failAuthentication: 1 },
    { challengeName: 5 },
    { challengeName: 'SRP_A' },
  ]) {
    const { start } = await startWith(t, { defineAuthChallenge: answering(response) })
    t.strictSame(await errorOf(start('ann@example.com')), UNRECOGNIZABLE)
  }
})

t.test('challenge parameters must be strings, down to the last one', async (t) => {
  const publicChallengeParameters = {}
  const privateChallengeParameters = { a: 'b' }
  for (const response of [
    { publicChallengeParameters: { attempts: 3 }, privateChallengeParameters },
    { publicChallengeParameters: { more: {} }, privateChallengeParameters },
    { publicChallengeParameters, privateChallengeParameters: { known: true } },
    { publicChallengeParameters, privateChallengeParameters: [] },
    { publicChallengeParameters, privateChallengeParameters, challengeMetadata: 1 },
  ]) {
    const { start } = await startWith(t, { createAuthChallenge: answering(response) })
    t.strictSame(await errorOf(start('ann@example.com')), UNRECOGNIZABLE)
  }
  const { start } = await startWith(t, {
    createAuthChallenge: answering({ privateChallengeParameters }),
  })
  t.ok((await start('ann@example.com')).Session, 'public ones may be left out')
})

t.test(
  'an event returned unchanged or without private parameters is a wrong password',
  async (t) => {
    const publicChallengeParameters = { a: 'b' }
    const { start } = await startWith(t, { defineAuthChallenge: (event) => event })
    t.strictSame(await errorOf(start('ann@example.com')), WRONG)
    for (const create of [
      (event: object) => event,
      answering({ publicChallengeParameters }),
      answering({ publicChallengeParameters, privateChallengeParameters: {} }),
    ]) {
      const subject = await startWith(t, { createAuthChallenge: create })
      t.strictSame(await errorOf(subject.start('ann@example.com')), WRONG)
    }
  },
)

t.test('events are copies, so a trigger cannot reach into the stand-in', async (t) => {
  const { start, answer, local } = await startWith(t, {
    defineAuthChallenge: (event) => {
      const answered = codeTriggers.defineAuthChallenge(structuredClone(event))
      event.request.userAttributes.email = 'changed@example.com'
      event.request.session.push({ challengeResult: true })
      return answered
    },
  })
  const next = await answer(await start('ann@example.com'), 'wrong')
  t.equal(next.ChallengeName, 'CUSTOM_CHALLENGE')
  t.equal(local.users.find('ann@example.com')?.attributes['email'], 'ann@example.com')
})
