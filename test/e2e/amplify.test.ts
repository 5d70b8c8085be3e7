import { Amplify } from 'aws-amplify'
import {
  confirmSignIn,
  deleteUser,
  fetchAuthSession,
  fetchUserAttributes,
  signIn,
  signOut,
  updateUserAttributes,
  type ConfirmSignInOutput,
  type SignInOutput,
} from 'aws-amplify/auth'
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito'
import { GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { sdkClient } from '../local/cognito/support.ts'
import { startStack, type Stack, type StackOptions } from '../support/stack.ts'

// Amplify's own client, as applications on the same pool use it: it knows neither this service nor
// Authsignal. It is one per process, so these tests run one after the other.

const email = 'ada@example.com'
const password = 'Correct-Horse-1'
const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' }

async function amplify(t: Test, options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack(t, {
    ...options,
    client: {
      clientSecret: '',
      explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      ...options.client,
    },
  })
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: stack.cognito.poolId,
        userPoolClientId: stack.serviceEnv['COGNITO_CLIENT_ID']!,
        userPoolEndpoint: stack.cognito.url,
      },
    },
  })
  const kept = new Map<string, string>()
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  })
  return stack
}

/** What the challenge brought, which an application hands to Authsignal's SDK. */
function challengeIn({ nextStep }: SignInOutput | ConfirmSignInOutput): Record<string, string> {
  if (nextStep.signInStep !== 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE') {
    throw new Error(`unexpected step ${nextStep.signInStep}`)
  }
  return nextStep.additionalInfo ?? {}
}

const passwordless = (username = email) =>
  signIn({ username, options: { authFlowType: 'CUSTOM_WITHOUT_SRP' } })
const passwordFirst = (username = email, typed = password) =>
  signIn({ username, password: typed, options: { authFlowType: 'CUSTOM_WITH_SRP' } })

t.test('signs in without a password, renews, and signs out', async (t) => {
  const stack = await amplify(t)
  const { cognito, user } = stack
  const { sub } = cognito.users.put({ username: email })
  const { token } = challengeIn(await passwordless())
  const proof = await user.pass(token!, email)
  t.match(await confirmSignIn({ challengeResponse: proof }), { isSignedIn: true })

  const { tokens, userSub } = await fetchAuthSession()
  t.equal(userSub, sub)
  t.match(tokens?.idToken?.payload, { email, email_verified: true })
  const renewed = await fetchAuthSession({ forceRefresh: true })
  t.not(String(renewed.tokens?.accessToken), String(tokens?.accessToken))

  await signOut()
  t.equal((await fetchAuthSession()).tokens, undefined)
  t.ok(stack.cognitoCalls().includes('RevokeToken'))
  const client = sdkClient(cognito.url)
  const AccessToken = String(renewed.tokens?.accessToken)
  await t.rejects(client.send(new GetUserCommand({ AccessToken })), {
    message: 'Access Token has been revoked',
  })
})

t.test('reads and changes the signed-in user, who can go', async (t) => {
  const { cognito, user } = await amplify(t)
  cognito.users.put({ username: email })
  const proof = await user.pass(challengeIn(await passwordless())['token']!, email)
  await confirmSignIn({ challengeResponse: proof })
  t.match(await fetchUserAttributes(), { email, email_verified: 'true' })
  await updateUserAttributes({ userAttributes: { name: 'Ada' } })
  t.match(await fetchUserAttributes(), { name: 'Ada' })
  await t.rejects(updateUserAttributes({ userAttributes: { email_verified: 'true' } }), {
    name: 'NotAuthorizedException',
  })
  await deleteUser()
  t.equal(cognito.users.find(email), undefined)
})

t.test('a wrong answer, then a right one', async (t) => {
  const { cognito, user } = await amplify(t)
  cognito.users.put({ username: email })
  await passwordless()
  const again = challengeIn(await confirmSignIn({ challengeResponse: 'wrong' }))
  const proof = await user.pass(again['token']!, email)
  t.match(await confirmSignIn({ challengeResponse: proof }), { isSignedIn: true })
  await signOut()
})

t.test('three wrong answers end it', async (t) => {
  const { cognito } = await amplify(t)
  cognito.users.put({ username: email })
  await passwordless()
  for (const _time of [1, 2]) challengeIn(await confirmSignIn({ challengeResponse: 'wrong' }))
  await t.rejects(confirmSignIn({ challengeResponse: 'wrong' }), WRONG)
})

t.test('password first: ALLOW is answered at once with the token that came', async (t) => {
  const { cognito, authsignal } = await amplify(t)
  cognito.users.put({ username: email, password })
  authsignal.rules.add({ outcome: 'ALLOW' })
  const { state, token } = challengeIn(await passwordFirst())
  t.equal(state, 'ALLOW')
  t.match(await confirmSignIn({ challengeResponse: token! }), { isSignedIn: true })
  t.match(String((await fetchAuthSession()).tokens?.accessToken), /^ey/)
  t.same(authsignal.messages(), [], 'no code was sent')
  await signOut()
})

t.test('password first: a challenge that is required has to be taken', async (t) => {
  const { cognito, user } = await amplify(t)
  cognito.users.put({ username: email, password })
  const first = challengeIn(await passwordFirst())
  t.equal(first['state'], 'CHALLENGE_REQUIRED')
  const again = challengeIn(await confirmSignIn({ challengeResponse: first['token']! }))
  t.equal(again['state'], 'CHALLENGE_REQUIRED')
  const proof = await user.pass(again['token']!, email)
  t.match(await confirmSignIn({ challengeResponse: proof }), { isSignedIn: true })
  await signOut()
})

t.test('password first: a wrong password and an unknown user end alike', async (t) => {
  const { cognito } = await amplify(t)
  cognito.users.put({ username: email, password })
  await t.rejects(passwordFirst(email, 'Wrong-Horse-1'), WRONG)
  await t.rejects(passwordFirst('nobody@example.com'), WRONG)
})

t.test('password first: a rule may block', async (t) => {
  const { cognito, authsignal } = await amplify(t)
  cognito.users.put({ username: email, password })
  authsignal.rules.add({ outcome: 'BLOCK' })
  await t.rejects(passwordFirst(), {
    name: 'UserLambdaValidationException',
    message: 'CreateAuthChallenge failed with error SIGN_IN_BLOCKED.',
  })
})

t.test('password first: the context round is not asked', async (t) => {
  const { cognito } = await amplify(t, { contextRound: 'on' })
  cognito.users.put({ username: email, password })
  t.match(challengeIn(await passwordFirst()), { token: String, url: String, state: String })
})

t.test('password first, by an alias: the proof is over the real username', async (t) => {
  const { cognito, user } = await amplify(t, { pool: { usernames: 'alias' } })
  const attributes = { email, email_verified: 'true' }
  cognito.users.put({ username: 'ada', password, attributes })
  const { token } = challengeIn(await passwordFirst())
  const proof = await user.pass(token!, email)
  t.match(await confirmSignIn({ challengeResponse: proof }), { isSignedIn: true })
  await signOut()
})

t.test('plain SRP asks for the password only: Cognito runs none of the triggers', async (t) => {
  const { cognito } = await amplify(t)
  cognito.users.put({ username: email, password })
  const options = { authFlowType: 'USER_SRP_AUTH' } as const
  t.match(await signIn({ username: email, password, options }), { isSignedIn: true })
  t.same(cognito.triggers.invocations, [])
  await signOut()
  await t.rejects(signIn({ username: email, password: 'Wrong-Horse-1', options }), WRONG)
  await t.rejects(signIn({ username: 'nobody@example.com', password, options }), WRONG)
})
