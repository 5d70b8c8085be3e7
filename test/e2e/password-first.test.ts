import {
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { directCaller } from '../support/direct-caller.ts'
import { passwordCaller } from '../support/password-caller.ts'
import { startStack, type StackOptions } from '../support/stack.ts'

const email = 'ada@example.com'
const password = 'Correct-Horse-1'
const clientId = 'passwordapp'

/** The service with its own client, and another application that begins with a password. */
async function twoApps(t: Test, options: StackOptions = {}) {
  const stack = await startStack(t, {
    ...options,
    otherClients: [{ clientId, explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_SRP_AUTH'] }],
  })
  const cognito = new CognitoIdentityProviderClient({
    region: 'eu-west-1',
    endpoint: stack.cognito.url,
  })
  t.teardown(() => cognito.destroy())
  const setPassword = () =>
    cognito.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: stack.cognito.poolId,
        Username: email,
        Password: password,
        Permanent: true,
      }),
    )
  const there = {
    ...passwordCaller(stack.cognito, clientId),
    ...directCaller(stack.cognito, clientId),
  }
  return { ...stack, setPassword, there }
}

t.test('one user signs in here without a password and there with one', async (t) => {
  const here = await twoApps(t)
  const { there, user } = here
  t.equal((await here.signIn({ email })).status, 200)
  await here.setPassword()
  const challenge = await there.enter(email, password)
  t.match(challenge, {
    challengeName: 'CUSTOM_CHALLENGE',
    parameters: { state: 'CHALLENGE_REQUIRED', token: String, url: String },
  })
  const proof = await user.pass(challenge.parameters['token']!, email)
  t.type((await there.respond(challenge, proof)).accessToken, 'string')
  t.equal((await here.signIn({ email })).status, 200, 'and the service goes on as before')
})

t.test('ALLOW lets through at once there, and not here', async (t) => {
  const here = await twoApps(t)
  const { authsignal, there } = here
  await here.signIn({ email })
  await here.setPassword()
  authsignal.rules.add({ outcome: 'ALLOW' })
  const challenge = await there.enter(email, password)
  t.equal(challenge.parameters['state'], 'ALLOW')
  const answered = await there.respond(challenge, challenge.parameters['token']!)
  t.type(answered.accessToken, 'string')

  const { body } = await here.start({ email })
  const { status } = await here.finish({ session: body.session, token: body.token })
  t.equal(status, 401)
})

t.test('a user who was never challenged is challenged at the address Cognito holds', async (t) => {
  const { cognito, there, user } = await twoApps(t)
  cognito.users.put({ username: email, password })
  const challenge = await there.enter(email, password)
  t.equal(challenge.parameters['state'], 'CHALLENGE_REQUIRED')
  const proof = await user.pass(challenge.parameters['token']!, email)
  t.type((await there.respond(challenge, proof)).accessToken, 'string')
  t.equal(cognito.users.find(email)!.attributes['email_verified'], 'true')
})

t.test('a user without an address has no second factor yet, which the rules allow', async (t) => {
  const { cognito, there } = await twoApps(t, { pool: { usernames: 'plain' } })
  cognito.users.put({ username: 'ada', password })
  const challenge = await there.enter('ada', password)
  t.equal(challenge.parameters['state'], 'ALLOW')
  const answered = await there.respond(challenge, challenge.parameters['token']!)
  t.type(answered.accessToken, 'string')
})

t.test('three attempts at the challenge, each with a token that still works', async (t) => {
  const { cognito, there, user } = await twoApps(t)
  cognito.users.put({ username: email, password })
  const first = await there.enter(email, password)
  const second = await there.respond(first, 'wrong')
  t.match(second.parameters, { state: 'CHALLENGE_REQUIRED' })
  const third = await there.respond({ ...second, session: second.session! }, 'wrong')
  const last = { ...third, session: third.session! }
  const proof = await user.pass(last.parameters['token']!, email)
  t.type((await there.respond(last, proof)).accessToken, 'string')

  let step = await there.enter(email, password)
  for (const _time of [1, 2]) {
    const next = await there.respond(step, 'wrong')
    step = { ...step, session: next.session!, parameters: next.parameters }
  }
  await t.rejects(there.respond(step, 'wrong'), { name: 'NotAuthorizedException' })
})

t.test('the context round stays between the service and the triggers', async (t) => {
  const here = await twoApps(t, { contextRound: 'on' })
  const { there, user } = here
  t.equal((await here.signIn({ email })).status, 200)
  await here.setPassword()
  here.cognitoCalls()
  const challenge = await there.enter(email, password)
  const proof = await user.pass(challenge.parameters['token']!, email)
  t.type((await there.respond(challenge, proof)).accessToken, 'string')
  t.strictSame(here.cognitoCalls(), [
    'InitiateAuth',
    'RespondToAuthChallenge',
    'RespondToAuthChallenge',
  ])
})

t.test('the service’s own client takes no passwords', async (t) => {
  const { cognito, serviceEnv } = await twoApps(t, { client: { clientSecret: '' } })
  cognito.users.put({ username: email, password })
  const own = passwordCaller(cognito, serviceEnv['COGNITO_CLIENT_ID']!)
  await t.rejects(own.begin(email), {
    name: 'InvalidParameterException',
    message: 'USER_SRP_AUTH is not enabled for the client.',
  })
})
