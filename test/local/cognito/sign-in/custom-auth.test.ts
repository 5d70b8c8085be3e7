import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import {
  clientId,
  codeTriggers,
  errorOf,
  invalidParameter,
  notAuthorized,
  startSubject,
} from '../support.ts'

const WRONG = notAuthorized('Incorrect username or password.')

t.test('a right answer signs in, and the echoed name is the real one', async (t) => {
  const { local, start, answer } = await startSubject(t)
  const ann = local.users.put({ username: 'Ann@Example.com' })
  const started = await start('ann@example.COM')
  t.equal(started.ChallengeName, 'CUSTOM_CHALLENGE')
  t.strictSame(started.ChallengeParameters, {
    USERNAME: ann.username,
    url: 'https://example.com/challenge',
  })
  t.equal(ann.username, ann.sub)
  const { AuthenticationResult, ChallengeParameters } = await answer(started, '123456')
  t.strictSame(ChallengeParameters, {})
  t.match(AuthenticationResult, {
    AccessToken: /^ey/,
    IdToken: /^ey/,
    RefreshToken: /^ey/,
    ExpiresIn: 3600,
    TokenType: 'Bearer',
  })
})

t.test('a wrong answer is no error but a new challenge, until Define gives up', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const first = await start('ann@example.com')
  const second = await answer(first, '000000')
  t.equal(second.ChallengeName, 'CUSTOM_CHALLENGE')
  t.not(second.Session, first.Session)
  const third = await answer(second, '000000')
  t.strictSame(await errorOf(answer(third, '000000')), WRONG)
})

t.test('events carry exactly the keys the real ones carry', async (t) => {
  const { local, start, answer } = await startSubject(t)
  const ann = local.users.put({ username: 'ann@example.com', status: 'FORCE_CHANGE_PASSWORD' })
  const second = await answer(await start('ann@example.com'), 'no', { clientMetadata: { k: 'v' } })
  await answer(second, '123456')
  const userAttributes = {
    sub: ann.sub,
    'cognito:user_status': 'FORCE_CHANGE_PASSWORD',
    email: 'ann@example.com',
  }
  const rounds = [
    { challengeName: 'CUSTOM_CHALLENGE', challengeResult: false, challengeMetadata: 'ROUND_1' },
    { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata: 'ROUND_2' },
  ]
  const unset = { challengeName: null, issueTokens: null, failAuthentication: null }
  t.strictSame(local.triggers.invocations[0]?.event, {
    version: '1',
    region: 'eu-west-1',
    userPoolId: 'eu-west-1_LocalPool1',
    userName: ann.username,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
    triggerSource: 'DefineAuthChallenge_Authentication',
    request: { userAttributes, session: [], userNotFound: false },
    response: unset,
  })
  const clientMetadata = { k: 'v' }
  const userNotFound = false
  const challengeName = 'CUSTOM_CHALLENGE'
  const privateChallengeParameters = { code: '123456' }
  t.strictSame(
    local.triggers.invocations.map(({ event }) => [
      event.triggerSource.split('_')[0],
      event.request,
    ]),
    [
      ['DefineAuthChallenge', { userAttributes, session: [], userNotFound }],
      ['CreateAuthChallenge', { userAttributes, challengeName, session: [], userNotFound }],
      [
        'VerifyAuthChallengeResponse',
        {
          userAttributes,
          privateChallengeParameters,
          challengeAnswer: 'no',
          clientMetadata,
          userNotFound,
        },
      ],
      [
        'DefineAuthChallenge',
        { userAttributes, session: rounds.slice(0, 1), clientMetadata, userNotFound },
      ],
      [
        'CreateAuthChallenge',
        {
          userAttributes,
          challengeName,
          session: rounds.slice(0, 1),
          clientMetadata,
          userNotFound,
        },
      ],
      [
        'VerifyAuthChallengeResponse',
        { userAttributes, privateChallengeParameters, challengeAnswer: '123456', userNotFound },
      ],
      ['DefineAuthChallenge', { userAttributes, session: rounds, userNotFound }],
    ],
  )
})

t.test('a LEGACY client sends no userNotFound at all', async (t) => {
  const { local, start } = await startSubject(t, {
    clients: [{ clientId, preventUserExistenceErrors: 'LEGACY' }],
  })
  local.users.put({ username: 'ann@example.com' })
  await start('ann@example.com')
  for (const { event } of local.triggers.invocations) t.notOk('userNotFound' in event.request)
})

t.test(
  'the metadata of InitiateAuth reaches no trigger, that of the answer reaches all',
  async (t) => {
    const seen: [string, unknown][] = []
    const record = (event: { triggerSource: string; request: Record<string, unknown> }) => {
      seen.push([event.triggerSource, event.request['clientMetadata']])
      return { ...event, response: {} }
    }
    const { local, cognito, answer } = await startSubject(t, {
      triggers: { ...codeTriggers, postAuthentication: record, preTokenGeneration: record },
    })
    local.users.put({ username: 'ann@example.com' })
    const started = await cognito.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: 'ann@example.com' },
        ClientMetadata: { from: 'start' },
      }),
    )
    for (const { event } of local.triggers.invocations) t.notOk('clientMetadata' in event.request)
    await answer(started, '123456', { clientMetadata: { from: 'answer' } })
    t.strictSame(seen, [
      ['PostAuthentication_Authentication', { from: 'answer' }],
      ['TokenGeneration_Authentication', { from: 'answer' }],
    ])
  },
)

t.test('Define may issue tokens at once or refuse at once', async (t) => {
  let response = { issueTokens: true, failAuthentication: false }
  const { local, start } = await startSubject(t, {
    triggers: { ...codeTriggers, defineAuthChallenge: (event) => ({ ...event, response }) },
  })
  local.users.put({ username: 'ann@example.com' })
  t.ok((await start('ann@example.com')).AuthenticationResult?.AccessToken)
  t.strictSame(await errorOf(start('nobody@example.com')), WRONG, 'never for an unknown user')
  response = { issueTokens: false, failAuthentication: true }
  t.strictSame(await errorOf(start('ann@example.com')), WRONG)
})

t.test('an answer left unjudged counts as wrong', async (t) => {
  const { local, start, answer } = await startSubject(t, {
    triggers: { ...codeTriggers, verifyAuthChallengeResponse: (event) => event },
  })
  local.users.put({ username: 'ann@example.com' })
  const next = await answer(await start('ann@example.com'), '123456')
  t.equal(next.ChallengeName, 'CUSTOM_CHALLENGE')
})

t.test('names the parameter that is missing', async (t) => {
  const { local, start, answer } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  t.strictSame(await errorOf(start('')), invalidParameter('Missing required parameter USERNAME'))
  const started = await start('ann@example.com')
  const { Session: _, ...sessionless } = started
  t.strictSame(
    await errorOf(answer(sessionless, '1')),
    invalidParameter('Missing required parameter Session'),
  )
  t.strictSame(
    await errorOf(answer({ ...started, ChallengeParameters: {} }, '1')),
    invalidParameter('Missing required parameter USERNAME'),
  )
  t.ok((await answer(started, '123456')).AuthenticationResult, 'none of which spent the session')
})

t.test('refuses flows the client does not allow', async (t) => {
  const { local, start, cognito } = await startSubject(t, {
    clients: [{ clientId, explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] }],
  })
  local.users.put({ username: 'ann@example.com' })
  t.strictSame(
    await errorOf(start('ann@example.com')),
    invalidParameter('CUSTOM_AUTH is not enabled for the client.'),
  )
  const legacy = await startSubject(t, {
    clients: [{ clientId, explicitAuthFlows: ['CUSTOM_AUTH_FLOW_ONLY'] }],
  })
  legacy.local.users.put({ username: 'ann@example.com' })
  t.ok((await legacy.start('ann@example.com')).Session)
  const srp = new InitiateAuthCommand({ ClientId: clientId, AuthFlow: 'USER_SRP_AUTH' })
  t.strictSame(
    await errorOf(legacy.cognito.send(srp)),
    invalidParameter('Only custom auth (lambda driven) is enabled for this client.'),
  )
  t.match(await errorOf(cognito.send(srp)), { name: 'InvalidParameterException' })
})

t.test('says so when no trigger is attached', async (t) => {
  const { local, start } = await startSubject(t, { triggers: {} })
  local.users.put({ username: 'ann@example.com' })
  t.strictSame(
    await errorOf(start('ann@example.com')),
    invalidParameter('Custom auth lambda trigger is not configured for the user pool.'),
  )
  const { defineAuthChallenge } = codeTriggers
  const half = await startSubject(t, { triggers: { defineAuthChallenge } })
  half.local.users.put({ username: 'ann@example.com' })
  t.strictSame(await errorOf(half.start('ann@example.com')), {
    name: 'UnexpectedLambdaException',
    message: 'null invocation failed due to configuration.',
  })
})
