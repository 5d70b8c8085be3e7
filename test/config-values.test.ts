import t from 'tap'
import { parseConfig } from '../src/config.ts'
import { ENVIRONMENT, problemsOf } from './support/config.ts'

t.test('the secret goes to Authsignal over https, except to a host that is local', (t) => {
  for (const url of [
    'http://localhost:9230/v1',
    'http://127.0.0.1:9230/v1',
    'http://127.1.2.3/v1',
    'http://[::1]:9230/v1',
    'http://authsignal:9230/v1',
    'https://eu.api.authsignal.com/v1',
  ]) {
    t.equal(parseConfig({ ...ENVIRONMENT, AUTHSIGNAL_URL: url }).AUTHSIGNAL_URL, url)
  }
  for (const url of [
    'http://eu.api.authsignal.com/v1',
    'http://127.evil.com/v1',
    'http://127.0.0.1.evil.com/v1',
    'http://localhost.evil.com/v1',
    'http://localhost@evil.com/v1',
    'http://10.0.0.1/v1',
    'http://[2001:db8::1]/v1',
    'http://[::ffff:8.8.8.8]:80/v1',
    'ftp://localhost/v1',
  ]) {
    t.strictSame(problemsOf({ ...ENVIRONMENT, AUTHSIGNAL_URL: url }), [
      'AUTHSIGNAL_URL: must be https',
    ])
  }
  t.end()
})

t.test('the Authsignal URL has /v1 as its path, and nothing behind it', (t) => {
  const url = 'https://eu.api.authsignal.com/v1'
  t.equal(parseConfig({ ...ENVIRONMENT, AUTHSIGNAL_URL: `${url}/` }).AUTHSIGNAL_URL, url)
  for (const bad of ['https://eu.api.authsignal.com?/v1', 'https://eu.api.authsignal.com#/v1']) {
    t.strictSame(problemsOf({ ...ENVIRONMENT, AUTHSIGNAL_URL: bad }), [
      'AUTHSIGNAL_URL: must be a URL that ends in /v1',
    ])
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
