import t from 'tap'
import { buildTestApp } from '../support/build-app.ts'

const OURS = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const PROXY = '10.1.2.3'
const trustProxy = ['10.0.0.0/8', '192.0.2.7', 'fd00::/8']

async function idFor(
  app: Awaited<ReturnType<typeof buildTestApp>>['app'],
  given: string,
  remoteAddress: string,
) {
  const response = await app.inject({
    url: '/nothing',
    headers: { 'x-request-id': given },
    remoteAddress,
  })
  const problem = response.json()
  return { id: String(response.headers['x-request-id']), problem }
}

t.test('a proxy of ours may name the request, in answers and in the log', async (t) => {
  const { app, lines } = await buildTestApp(t, { trustProxy, logs: true })
  for (const from of [PROXY, '192.0.2.7', 'fd00::1', '::ffff:10.9.9.9']) {
    const given = 'edge_2f1c9d0e-6a57'
    const { id, problem } = await idFor(app, given, from)
    t.equal(id, given, from)
    t.equal(problem.requestId, given)
    t.equal(problem.instance, `urn:cognito-authsignal-bff:request:${given}`)
    t.ok(URL.canParse(problem.instance))
    t.equal(JSON.parse(lines.at(-1) ?? '').requestId, given)
  }
  const uuid = '5f0c2c5e-2a51-4d0b-9a6b-3c1c3f6f1a52'
  t.match((await idFor(app, uuid, PROXY)).problem.instance, `urn:uuid:${uuid}`)
})

t.test('nobody else may, nor may a proxy send anything but an id', async (t) => {
  const { app } = await buildTestApp(t, { trustProxy })
  const good = 'edge_2f1c9d0e-6a57'
  for (const from of ['203.0.113.9', '11.0.0.1', '192.0.2.8', 'fe80::1', '::1']) {
    t.match((await idFor(app, good, from)).id, OURS, from)
  }
  for (const bad of [
    'short',
    'x'.repeat(65),
    'has space in it all',
    'ada@example.com.example',
    '2f1c9d0e\u00e96a574f0b9d8e',
    '{"level":"fatal","msg":1}',
    `${good}, ${good}`,
    '',
  ]) {
    const { id, problem } = await idFor(app, bad, PROXY)
    t.match(id, OURS, bad)
    t.ok(URL.canParse(problem.instance))
  }
})

t.test('without trusted proxies no id is taken, not even from this machine', async (t) => {
  const { app } = await buildTestApp(t)
  for (const from of ['127.0.0.1', PROXY]) {
    t.match((await idFor(app, 'edge_2f1c9d0e-6a57', from)).id, OURS)
  }
})
