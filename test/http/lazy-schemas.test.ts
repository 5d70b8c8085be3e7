import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { lazySchemas, type LazySchemas } from '../../src/http/lazy-schemas.ts'
import { ROUTES } from '../support/build-app.ts'

const [START, FINISH] = ROUTES
/** No compiler takes it. */
const BROKEN = { type: 'nothing-of-the-kind' }
const text = { type: 'string' }

/** A listener whose schemas wait, with one route for each of these. */
async function listenerOf(t: Test, routes: Record<string, object>) {
  const schemas = lazySchemas()
  const { compilersFactory } = schemas
  const app = Fastify({ schemaController: { compilersFactory } })
  t.teardown(() => app.close())
  for (const [path, schema] of Object.entries(routes)) {
    app.post(path, { schema }, () => ({ said: 'x', secret: 'y' }))
  }
  await app.ready()
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
  return { schemas, post }
}

t.test('nothing is compiled before it is needed, and then only that', async (t) => {
  const { schemas, post } = await listenerOf(t, {
    '/sound': {
      body: { type: 'object', required: ['a'] },
      response: { 200: { type: 'object', properties: { said: text } } },
    },
    '/bad-body': { body: BROKEN },
    '/bad-answer': { response: { 200: BROKEN } },
  })
  const sound = await post('/sound', { a: 1 })
  t.equal(sound.statusCode, 200)
  t.strictSame(sound.json(), { said: 'x' }, 'without what the schema does not name')
  t.equal((await post('/sound', {})).statusCode, 400)
  for (const broken of ['/bad-body', '/bad-answer']) {
    t.equal((await post(broken, {})).statusCode, 500, broken)
    t.equal((await post(broken, {})).statusCode, 500, 'and never without its schema')
  }
  await schemas.compileRest()
})

for (const [where, schema] of Object.entries({
  body: { body: BROKEN },
  answer: { response: { 200: BROKEN } },
})) {
  t.test(`what no request needed is compiled in the end: a broken ${where} shows`, async (t) => {
    const { schemas } = await listenerOf(t, { '/a': { body: { type: 'object' } }, '/b': schema })
    await t.rejects(schemas.compileRest())
  })
}

t.test('requests are served while the rest is compiled, and after it', async (t) => {
  const body = { type: 'object', required: ['a'] }
  const routes = Object.fromEntries([1, 2, 3, 4].map((n) => [`/${n}`, { body }]))
  const { schemas, post } = await listenerOf(t, routes)
  const compiled = schemas.compileRest()
  for (const path of Object.keys(routes)) t.equal((await post(path, {})).statusCode, 400)
  await compiled
  for (const path of Object.keys(routes)) t.equal((await post(path, { a: 1 })).statusCode, 200)
})

/** The service's own app, with a hand on its schemas. */
async function realApp(t: Test) {
  const made: LazySchemas[] = []
  const { buildTestApp } = await t.mockImport<typeof import('../support/build-app.ts')>(
    '../support/build-app.ts',
    {
      '../../src/http/lazy-schemas.ts': {
        lazySchemas: () => {
          const schemas = lazySchemas()
          made.push(schemas)
          return schemas
        },
      },
    },
  )
  const { app, calls } = await buildTestApp(t)
  await app.ready()
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload })
  return { schemas: made[0]!, calls, post }
}

t.test('all schemas of the service can be compiled', async (t) => {
  const { schemas, post } = await realApp(t)
  await schemas.compileRest()
  t.equal((await post(START.path, START.body)).statusCode, 200)
  t.equal((await post(FINISH.path, FINISH.body)).statusCode, 200)
})

t.test('the first bad body is refused as any later one is, with its pointer', async (t) => {
  const { calls, post } = await realApp(t)
  for (const time of ['first', 'second']) {
    const answer = await post(START.path, { email: 12 })
    t.match(
      answer.json(),
      { status: 400, code: 'invalid_request', errors: [{ pointer: '/email' }] },
      time,
    )
  }
  t.strictSame(calls, [])
})

t.test('each of two requests at the same time hears of its own mistakes only', async (t) => {
  const { post } = await realApp(t)
  const bad = { email: { email: 12 }, locale: { email: 'ada@example.com', locale: 'en_NZ' } }
  const asked = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 'email' : 'locale'))
  const answers = await Promise.all(asked.map((field) => post(START.path, bad[field])))
  t.strictSame(
    answers.map((answer) =>
      answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer),
    ),
    asked.map((field) => [`/${field}`]),
  )
  const good = await Promise.all([post(START.path, bad.email), post(START.path, START.body)])
  t.strictSame(
    good.map(({ statusCode }) => statusCode),
    [400, 200],
  )
})
