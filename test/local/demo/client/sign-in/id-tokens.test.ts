import { createHash } from 'node:crypto'
import t from 'tap'
import type { Call, Request } from '../../../../../local/demo/client/api/call.ts'
import { localIdTokens } from '../../../../../local/demo/client/sign-in/id-tokens.ts'

const hashOf = (nonce = '') => createHash('sha256').update(nonce).digest('hex')

t.test(
  'asks the provider for a token with the hash of a nonce, another one each time',
  async (t) => {
    const requests: Request<unknown>[] = []
    const call: Call = async (request) => {
      requests.push(request)
      const value = request.read({ idToken: 'i' })
      return value ? { ok: true, value } : { ok: false, problem: { code: 'x' } }
    }
    const idTokens = localIdTokens(call)
    const [google, apple] = [
      await idTokens('google', 'ada@example.com'),
      await idTokens('apple', 'ada@example.com'),
    ]
    const nonces = [google, apple].map((answer) => (answer.ok ? answer.value.nonce : ''))
    t.equal(new Set(nonces).size, 2)
    const email = 'ada@example.com'
    t.match(requests, [
      {
        method: 'POST',
        path: '/google',
        body: { email, nonce: hashOf(nonces[0]), hd: 'example.com' },
      },
      { method: 'POST', path: '/apple', body: { email, nonce: hashOf(nonces[1]) } },
    ])
  },
)

t.test('hands on why there is none', async (t) => {
  const idTokens = localIdTokens(async () => ({ ok: false, problem: { code: 'no_connection' } }))
  t.match(await idTokens('google', 'a@example.com'), { problem: { code: 'no_connection' } })
})
