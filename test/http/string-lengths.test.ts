import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { quickLengths } from '../../src/http/string-lengths.ts'

const SCHEMA = {
  type: 'object',
  properties: { text: { type: 'string', pattern: '^[^!]+$', minLength: 2, maxLength: 4 } },
}

/** With those of ours, or with Ajv's own. */
async function problemsWith(t: Test, quick: boolean): Promise<(text: unknown) => Promise<unknown>> {
  const app = Fastify(quick ? { ajv: { onCreate: quickLengths } } : {})
  t.teardown(() => app.close())
  app.setErrorHandler(({ validation }: { validation?: unknown }, _request, reply) =>
    reply.send({ validation }),
  )
  app.post('/', { schema: { body: SCHEMA } }, async () => ({ validation: 'none' }))
  return async (text) => (await app.inject({ method: 'POST', url: '/', payload: { text } })).json()
}

t.test('each text is judged as Ajv judges it, in the same words', async (t) => {
  const [ours, ajvs] = [await problemsWith(t, true), await problemsWith(t, false)]
  const grinning = '\u{1f600}'
  const texts = ['', 'a', 'ab', 'abcd', 'abcde', ...[1, 2, 3, 4, 5].map((n) => grinning.repeat(n))]
  // Halves of pairs, the wrong way round too.
  const halves = ['\ud83d', '\ude00\ud83d', 'a\ud83d', '\ud83d\ud83d\ude00', '\ude00'.repeat(5)]
  for (const text of [
    ...texts,
    ...halves,
    `abc${grinning}`,
    `abcd${grinning}`,
    'a!',
    '!',
    '!!!!!',
    7,
  ]) {
    t.same(await ours(text), await ajvs(text), JSON.stringify(text))
  }
  t.same(await ours('abcd'), { validation: 'none' })
  t.match(await ours('abcde'), {
    validation: [{ keyword: 'maxLength', message: 'must NOT have more than 4 characters' }],
  })
  t.match(await ours(grinning), {
    validation: [{ keyword: 'minLength', message: 'must NOT have fewer than 2 characters' }],
  })
})
