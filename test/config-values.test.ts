import t from 'tap'
import { parseConfig } from '../src/config.ts'
import { ENVIRONMENT, problemsOf } from './support/config.ts'

t.test('the Authsignal URL is read as that of an API', (t) => {
  const url = 'https://eu.api.authsignal.com/v1'
  t.equal(parseConfig({ ...ENVIRONMENT, AUTHSIGNAL_URL: `${url}/` }).AUTHSIGNAL_URL, url)
  for (const [bad, problem] of [
    ['http://eu.api.authsignal.com/v1', 'must be https'],
    ['https://eu.api.authsignal.com', 'must be a URL that ends in /v1'],
  ] as const) {
    t.strictSame(problemsOf({ ...ENVIRONMENT, AUTHSIGNAL_URL: bad }), [
      `AUTHSIGNAL_URL: ${problem}`,
    ])
  }
  t.end()
})

t.test('sign-ins can be tracked under another action', (t) => {
  for (const code of ['signIn', 'sign-in_2', 'x'.repeat(64)]) {
    t.equal(parseConfig({ ...ENVIRONMENT, ACTION_CODE: code }).ACTION_CODE, code)
  }
  t.end()
})

t.test('the region must be that of the pool, unless it is an emulator', (t) => {
  const elsewhere = { ...ENVIRONMENT, AWS_REGION: 'us-east-1' }
  t.strictSame(problemsOf(elsewhere), [
    'AWS_REGION: the user pool is in eu-west-1, so this must be eu-west-1',
  ])
  const emulated = parseConfig({ ...elsewhere, COGNITO_ENDPOINT: 'http://localhost:9229/' })
  t.equal(emulated.COGNITO_ENDPOINT, 'http://localhost:9229')
  t.end()
})

t.test('a ring of keys is read in order, base64 or base64url', (t) => {
  const [first, second] = [Buffer.alloc(32, 255), Buffer.alloc(32, 251)]
  const text = `${first.toString('base64url')}, ${second.toString('base64')}`
  t.strictSame(parseConfig({ ...ENVIRONMENT, SESSION_KEYS: text }).SESSION_KEYS, [first, second])
  t.end()
})

t.test('proxies are believed by address or range', (t) => {
  const ranges = ['10.0.0.0/8', '192.168.1.1', 'fd00::/8', '::1']
  const { TRUST_PROXY } = parseConfig({ ...ENVIRONMENT, TRUST_PROXY: ranges.join(',') })
  t.strictSame(TRUST_PROXY, ranges)
  t.end()
})
