import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { LocalCognito, LocalCognitoOptions } from '../../../../local/cognito/index.ts'
import { codeTriggers, errorOf, startSubject } from '../support.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

async function startSandboxed(
  t: Test,
  options: Partial<LocalCognitoOptions> = {},
  file = 'trigger.mjs',
) {
  const verifyAuthChallengeResponse = { file: fixture(file), env: { COLOUR: 'green' } }
  const subject = await startSubject(t, {
    triggers: { ...codeTriggers, verifyAuthChallengeResponse },
    ...options,
  })
  subject.local.users.put({ username: 'ann@example.com' })
  const say = async (answer: string) =>
    subject.answer(await subject.start('ann@example.com'), answer)
  return { ...subject, say }
}

function outcomes(local: LocalCognito) {
  return local.triggers.invocations
    .filter(({ trigger }) => trigger === 'verifyAuthChallengeResponse')
    .map(({ outcome }) => outcome.kind)
}

t.test('a file runs as a trigger', async (t) => {
  const { local, say } = await startSandboxed(t)
  t.ok((await say('123456')).AuthenticationResult)
  t.equal((await say('wrong')).ChallengeName, 'CUSTOM_CHALLENGE')
  t.strictSame(outcomes(local), ['answered', 'answered'])
})

t.test('a sandbox sees its own environment only, stays warm and knows its deadline', async (t) => {
  process.env['SECRET_OF_THE_PARENT'] = 'hidden'
  const { local, say } = await startSandboxed(t)
  await say('wrong')
  const { message } = await errorOf(say('tell'))
  const told = JSON.parse(message.slice(message.indexOf('{'), -1))
  t.strictSame(told.env, {
    COLOUR: 'green',
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'VerifyAuthChallengeResponse',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: local.url,
  })
  t.equal(told.invocations, 2)
  t.equal(told.name, 'VerifyAuthChallengeResponse')
  t.ok(told.remainingMs > 0 && told.remainingMs <= 5000)
})

t.test('an error is told in its own words and not tried again', async (t) => {
  const { local, say } = await startSandboxed(t)
  t.strictSame(await errorOf(say('throw')), {
    name: 'UserLambdaValidationException',
    message: 'VerifyAuthChallengeResponse failed with error thrown in the sandbox.',
  })
  t.strictSame(outcomes(local), ['threw'])
})

t.test('a trigger that does not answer in time is invoked three times', async (t) => {
  const { local, say } = await startSandboxed(t, { triggerTimeoutMs: 1_000 })
  for (const answer of ['hang', 'loop']) {
    local.triggers.invocations.length = 0
    t.strictSame(await errorOf(say(answer)), {
      name: 'UnexpectedLambdaException',
      message:
        'VerifyAuthChallengeResponse invocation failed due to error Socket timeout while invoking Lambda function.',
    })
    t.strictSame(outcomes(local), ['timed-out', 'timed-out', 'timed-out'])
  }
  t.ok((await say('123456')).AuthenticationResult, 'and the next one finds a fresh sandbox')
})

t.test('a sandbox that crashes gave no answer', async (t) => {
  const { local, say } = await startSandboxed(t)
  t.match(await errorOf(say('exit')), { name: 'UnexpectedLambdaException' })
  t.strictSame(outcomes(local), ['crashed', 'crashed', 'crashed'])
  t.ok((await say('123456')).AuthenticationResult)
})

t.test('a sandbox that died between two events is replaced unnoticed', async (t) => {
  const { local, say } = await startSandboxed(t)
  await say('stray')
  await sleep(600)
  t.ok((await say('123456')).AuthenticationResult)
  t.strictSame(outcomes(local), ['answered', 'answered'])
})

t.test('waiting for a sandbox does not count as time', async (t) => {
  const { local, say } = await startSandboxed(t, { triggerTimeoutMs: 2000 })
  await Promise.all(Array.from({ length: 4 }, () => say('wrong')))
  local.triggers.invocations.length = 0
  // 32 times 300 ms in four sandboxes: the last ones wait for longer than the limit.
  const answers = await Promise.all(Array.from({ length: 32 }, () => say('wait')))
  t.ok(answers.every(({ ChallengeName }) => ChallengeName === 'CUSTOM_CHALLENGE'))
  t.strictSame(new Set(outcomes(local)), new Set(['answered']))
})

t.test('whatever a trigger prints is handed on', async (t) => {
  const lines: string[] = []
  const { say } = await startSandboxed(t, { onLog: (line) => lines.push(line) })
  await say('print')
  for (let tries = 0; tries < 50 && lines.length < 2; tries += 1) await sleep(20)
  t.strictSame(lines.toSorted(), [
    'VerifyAuthChallengeResponse: a line on stderr',
    'VerifyAuthChallengeResponse: a line on stdout',
  ])
})

t.test('a result of undefined is not an event', async (t) => {
  const { say } = await startSandboxed(t)
  t.strictSame(await errorOf(say('nothing')), {
    name: 'InvalidLambdaResponseException',
    message: 'Invalid lambda function output : Invalid JSON',
  })
})

t.test('a file that is missing or exports no handler fails like one that throws', async (t) => {
  const { say } = await startSandboxed(t, {}, 'no-handler.mjs')
  t.match(await errorOf(say('123456')), {
    name: 'UserLambdaValidationException',
    message: /index.handler is undefined or not exported/,
  })
  const missing = await startSandboxed(t, {}, 'missing.mjs')
  t.match(await errorOf(missing.say('123456')), {
    name: 'UserLambdaValidationException',
    message: /Cannot find module/,
  })
})

t.test('closing ends invocations under way', async (t) => {
  const { local, say } = await startSandboxed(t)
  const pending = errorOf(say('loop'))
  for (let tries = 0; tries < 100 && local.triggers.invocations.length < 2; tries += 1) {
    await sleep(20)
  }
  await sleep(100)
  await local.close()
  t.ok(await pending)
  t.ok(outcomes(local).length <= 1)
})
