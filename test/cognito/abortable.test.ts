import { getEventListeners } from 'node:events'
import { AdminGetUserCommand, GetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { UndiciHttpHandler } from '@smithy/undici-http-handler'
import t, { type Test } from 'tap'
import { heedingSignals, signalOf } from '../../src/cognito/abortable.ts'
import { cognitoClient } from '../../src/cognito/client.ts'
import { awsJson } from '../support/cognito.ts'
import { gate } from '../support/gate.ts'
import { hang, startUpstream, type Answer } from '../support/upstream.ts'

process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE'
process.env['AWS_SECRET_ACCESS_KEY'] = 'example'

const user = (name: string) => new GetUserCommand({ AccessToken: name })

/** Our client before a server that answers by what it was asked for. */
async function before(t: Test, answer: (token: string) => Answer) {
  const asked = gate()
  const { url, requests, connectionClosed } = await startUpstream(t, ({ body }) => {
    asked.open()
    return answer(String((JSON.parse(body) as { AccessToken?: string }).AccessToken))
  })
  const client = cognitoClient({ region: 'eu-west-1', endpoint: url, timeoutMs: 60_000 })
  t.teardown(() => client.destroy())
  return { client, requests, connectionClosed, asked: asked.opened }
}

/** How often the SDK puts its steps together. */
function buildsOf({ middlewareStack }: ReturnType<typeof cognitoClient>): () => number {
  let builds = 0
  const concat = middlewareStack.concat.bind(middlewareStack)
  middlewareStack.concat = (...given) => {
    builds += 1
    return concat(...given)
  }
  return () => builds
}

t.test('the steps of a call are put together once, whatever its signal', async (t) => {
  const { client, requests } = await before(t, () => awsJson(200, { Username: 'ada' }))
  const builds = buildsOf(client)
  for (let call = 0; call < 3; call++) {
    const abortSignal = new AbortController().signal
    t.match(await client.send(user('a'), { abortSignal }), { Username: 'ada' })
    t.strictSame(getEventListeners(abortSignal, 'abort'), [])
  }
  t.match(await client.send(user('a')), { Username: 'ada' })
  t.equal(requests.length, 4)
  t.equal(builds(), 1)
})

t.test('each call ends with its own signal, and lets go of its connection', async (t) => {
  const { client, asked, connectionClosed } = await before(t, (token) =>
    token === 'left' ? hang : awsJson(200, { Username: token }),
  )
  const leaving = new AbortController()
  const left = client.send(user('left'), { abortSignal: leaving.signal })
  await asked
  const stays = client.send(user('stays'), { abortSignal: new AbortController().signal })
  leaving.abort()
  await t.rejects(left, { name: 'AbortError' })
  await connectionClosed
  t.match(await stays, { Username: 'stays' })
})

t.test('so does one that has to be signed', async (t) => {
  const { client, asked, connectionClosed, requests } = await before(t, () => hang)
  const leaving = new AbortController()
  const command = new AdminGetUserCommand({ UserPoolId: 'eu-west-1_x', Username: 'ada' })
  const left = client.send(command, { abortSignal: leaving.signal })
  await asked
  leaving.abort()
  await t.rejects(left, { name: 'AbortError' })
  await connectionClosed
  t.match(requests, [{ headers: { authorization: /^AWS4-HMAC-SHA256 / } }])
})

t.test('the same command goes by the signal it was sent with last', async (t) => {
  const { client } = await before(t, () => awsJson(200, { Username: 'ada' }))
  const command = user('a')
  await t.rejects(client.send(command, { abortSignal: AbortSignal.abort() }))
  const { signal } = new AbortController()
  t.match(await client.send(command, { abortSignal: signal }), { Username: 'ada' })
  t.equal(signalOf(command.input), signal)
})

t.test('a request that is of no call, such as one for credentials, is never ended', async (t) => {
  const { url, requests } = await startUpstream(t, () => awsJson(200, {}))
  const signals: unknown[] = []
  const handler = new UndiciHttpHandler()
  t.teardown(() => handler.destroy())
  const plain = handler.handle.bind(handler)
  const seen = heedingSignals(
    Object.assign(handler, {
      handle(...[request, options]: Parameters<typeof plain>) {
        signals.push(options?.abortSignal)
        return plain(request, options)
      },
    }),
  )
  const { hostname, port } = new URL(url)
  const request = { protocol: 'http:', hostname, port: Number(port), method: 'GET', path: '/' }
  await seen.handle({ ...request, headers: {}, query: {}, body: undefined } as Parameters<
    typeof plain
  >[0])
  t.strictSame(signals, [undefined])
  t.equal(requests.length, 1)
})
