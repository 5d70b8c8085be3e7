import t from 'tap'
import { lookAtAuthsignal } from '../../src/doctor/look/authsignal.ts'
import type { Looked } from '../../src/doctor/facts.ts'
import type { HttpAnswer } from '../../src/doctor/look/http.ts'

const SECRET = 'the-tenants-secret'
const US = 'https://api.authsignal.com/v1'
const AU = 'https://au.api.authsignal.com/v1'
const REFUSED = [401, { error: 'unauthorized' }] as const
const NOBODY = [200, { isEnrolled: false }] as const

type Answer = readonly [status: number, body?: unknown]

/** Answers by host; remembers who was asked, and with which credentials. */
async function look(url: string, answers: Record<string, Answer | { unseen: string }>) {
  const asked: { url: string; authorization: string | undefined }[] = []
  const ask = async (
    at: string,
    _timeoutMs: number,
    headers: Record<string, string> = {},
  ): Promise<Looked<HttpAnswer>> => {
    asked.push({ url: at, authorization: headers['authorization'] })
    const answer = answers[new URL(at).host] ?? REFUSED
    if ('unseen' in answer) return answer
    const [status, body] = answer
    return { seen: { status, body, clock: { seen: 0 } } }
  }
  const looked = await lookAtAuthsignal({ url, secret: SECRET, timeoutMs: 1 }, ask)
  return { ...looked, asked }
}

for (const [what, answer, expected] of [
  ['knows nobody', NOBODY, { seen: { verdict: 'accepted', status: 200 } }],
  ['has no such user', [404, { error: 'not_found' }], { seen: { verdict: 'accepted' } }],
  ['refuses the key', REFUSED, { seen: { verdict: 'refused', status: 401 } }],
  ['refuses without a word', [401], { seen: { verdict: 'refused', status: 401 } }],
  ['is a web page', [200], { seen: { verdict: 'no_authsignal' } }],
  ['has no such page', [404], { seen: { verdict: 'no_authsignal', status: 404 } }],
  ['sends us elsewhere', [302], { seen: { verdict: 'no_authsignal', status: 302 } }],
  ['answers something else', [200, { ok: true }], { seen: { verdict: 'no_authsignal' } }],
  ['is down', [503], { unseen: 'Authsignal answers 503' }],
  ['throttles', [429], { unseen: 'Authsignal answers 429' }],
  ['is away', { unseen: 'no connection (ECONNREFUSED)' }, { unseen: /ECONNREFUSED/ }],
] as const) {
  t.test(`a host that ${what}`, async (t) => {
    const url = 'https://authsignal.example.com/v1'
    const { authsignal, asked } = await look(url, { 'authsignal.example.com': answer })
    t.match(authsignal, expected)
    t.equal(asked.length, 1, 'the key goes to no other host')
  })
}

t.test('asks for a user who cannot be, with the key as Basic user name', async (t) => {
  const { asked } = await look(US, { 'api.authsignal.com': NOBODY })
  t.match(asked[0]?.url, /^https:\/\/api\.authsignal\.com\/v1\/users\/doctor-[\da-f-]{36}$/)
  const encoded = asked[0]?.authorization?.replace('Basic ', '') ?? ''
  t.equal(Buffer.from(encoded, 'base64').toString(), `${SECRET}:`)
})

t.test("finds the region of a key that one of Authsignal's own refuses", async (t) => {
  const { authsignal, asked } = await look(US, { 'au.api.authsignal.com': NOBODY })
  t.match(authsignal, { seen: { verdict: 'refused', rightUrl: AU } })
  t.ok(asked.every(({ url }) => new URL(url).host.endsWith('api.authsignal.com')))
})

t.test('a key that no region knows, or that cannot be tried there, is just refused', async (t) => {
  const away = { unseen: 'no connection' }
  for (const others of [
    {},
    { 'eu.api.authsignal.com': away, 'au.api.authsignal.com': [503] as const },
  ]) {
    const { authsignal } = await look(US, others)
    t.strictSame(authsignal, { seen: { verdict: 'refused', status: 401 } })
  }
})
