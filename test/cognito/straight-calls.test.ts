import {
  GetUserCommand,
  InitiateAuthCommand,
  NotAuthorizedException,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { cognitoClient } from '../../src/cognito/client.ts'
import { awsError, awsJson } from '../support/cognito.ts'
import { hang, startUpstream, text, type Answer } from '../support/upstream.ts'

process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE'
process.env['AWS_SECRET_ACCESS_KEY'] = 'example'

const CHALLENGE = {
  ChallengeName: 'CUSTOM_CHALLENGE',
  Session: 'session',
  ChallengeParameters: { USERNAME: 'ada' },
}

const start = () =>
  new InitiateAuthCommand({
    AuthFlow: 'CUSTOM_AUTH',
    ClientId: 'client',
    AuthParameters: { USERNAME: 'ada@example.com' },
    UserContextData: undefined,
  })

/** A client that knows the way: its first call has been made by the SDK. */
async function underWay(t: Test, answers: Answer[]) {
  const { url, requests } = await startUpstream(
    t,
    (_request, count) => answers[count - 2] ?? awsJson(200, CHALLENGE),
  )
  const client = cognitoClient({ region: 'eu-west-1', endpoint: url, timeoutMs: 60_000 })
  t.teardown(() => client.destroy())
  await client.send(start())
  return { client, requests }
}

t.test('Cognito is asked the same, and what it says is the same, past the SDK', async (t) => {
  const { client, requests } = await underWay(t, [])
  t.match(await client.send(start()), CHALLENGE)
  const [bySdk, straight] = requests
  t.equal(requests.length, 2)
  for (const name of ['method', 'path'] as const) t.equal(straight?.[name], bySdk?.[name])
  for (const name of ['content-type', 'x-amz-target', 'host']) {
    t.equal(straight?.headers[name], bySdk?.headers[name], name)
  }
  t.strictSame(JSON.parse(straight?.body ?? ''), JSON.parse(bySdk?.body ?? ''))
})

t.test('an exception is the SDK’s own, with its status and request id', async (t) => {
  const { client, requests } = await underWay(t, [awsError('NotAuthorizedException', 'no')])
  const error: unknown = await client.send(start()).catch((thrown: unknown) => thrown)
  t.type(error, NotAuthorizedException)
  t.match(error, {
    name: 'NotAuthorizedException',
    message: 'no',
    $metadata: { httpStatusCode: 400, requestId: 'request-id-1' },
  })
  t.equal(requests.length, 2, 'asked once')
})

t.test('the same command sent again is asked again', async (t) => {
  const { client, requests } = await underWay(t, [awsError('InternalErrorException', 'x', 500)])
  const command = start()
  await t.rejects(client.send(command), { name: 'InternalErrorException' })
  t.match(await client.send(command), CHALLENGE)
  t.equal(requests.length, 3)
})

t.test('a page of something in between is no answer', async (t) => {
  for (const answer of [text(200, '<html>'), text(502, '<html>')]) {
    const { client, requests } = await underWay(t, [answer])
    await t.rejects(client.send(start()))
    t.equal(requests.length, 2)
  }
})

t.test('a call ends with its signal', async (t) => {
  const { client } = await underWay(t, [hang])
  const leaving = new AbortController()
  const left = client.send(start(), { abortSignal: leaving.signal })
  setImmediate(() => leaving.abort())
  await t.rejects(left, { name: 'AbortError' })
})

t.test('other calls go through the SDK', async (t) => {
  const { client, requests } = await underWay(t, [awsJson(200, { Username: 'ada' })])
  t.match(await client.send(new GetUserCommand({ AccessToken: 'a' })), { Username: 'ada' })
  t.match(requests[1]?.headers['x-amz-target'], /\.GetUser$/)
})
