import t from 'tap'
import { lookalike } from '../../src/sign-in/lookalike.ts'

const decoy = { token: 'a.decoy.token', url: 'https://mfa.example/a.decoy.token' }
const likeness = () => lookalike(() => Promise.resolve(decoy))
const ada = { kind: 'email', value: 'ada@example.com' } as const

t.test('before it has seen a real answer it makes a typical one', async (t) => {
  const it = likeness()
  t.strictSame(await it.challenge(), decoy)
  t.equal(it.attempt(ada).cognitoSession.length, 1560)
})

t.test('it shows what real answers show, and no more', async (t) => {
  const it = likeness()
  it.learn('x', { token: 'real' })
  t.strictSame(await it.challenge(), { token: decoy.token })
  it.learn('x', { url: 'real' })
  t.strictSame(await it.challenge(), { url: decoy.url })
  it.learn('x', { token: 'real', url: 'real' })
  t.strictSame(await it.challenge(), decoy)
})

t.test('a decoy is made for the username that was typed', async (t) => {
  const made: unknown[] = []
  const it = lookalike(async (username) => {
    made.push(username)
    return decoy
  })
  await it.challenge('ada')
  await it.challenge()
  t.strictSame(made, ['ada', undefined])
})

t.test('an attempt for nobody is as long as a real one and never the same twice', (t) => {
  const it = likeness()
  for (const length of [1, 2, 3, 50, 51, 2000]) {
    it.learn('x'.repeat(length), decoy)
    const attempt = it.attempt(ada)
    t.equal(attempt.cognitoSession.length, length)
    t.equal(it.next(attempt).cognitoSession.length, length)
  }
  t.not(it.attempt(ada).cognitoSession, it.attempt(ada).cognitoSession)
  t.not(it.attempt(ada).username, it.attempt(ada).username)
  t.end()
})

t.test('an attempt for nobody names whom a real one would name', (t) => {
  const it = likeness()
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  t.match(it.attempt(ada), { username: uuid, kind: 'email', refused: 0, decoy: true })
  t.match(it.attempt({ kind: 'phoneNumber', value: '+6421234567' }), {
    username: uuid,
    kind: 'phoneNumber',
  })
  t.equal(it.attempt({ kind: 'username', value: 'ada' }).username, 'ada')
  t.end()
})

t.test('the next attempt is of the same nobody, with a new session and one refusal more', (t) => {
  const it = likeness()
  const first = it.attempt(ada)
  const { cognitoSession, ...next } = it.next(first)
  const { cognitoSession: before, ...rest } = first
  t.strictSame(next, { ...rest, refused: 1 })
  t.not(cognitoSession, before)
  t.equal(it.next(it.next(first)).refused, 2)
  t.end()
})

t.test('an attempt is spent once', (t) => {
  const it = likeness()
  const [first, second] = [it.attempt(ada), it.attempt(ada)]
  t.strictSame([it.spend(first), it.spend(first), it.spend(second)], [true, false, true])
  t.equal(it.spend(it.next(first)), true)
  t.end()
})

t.test('it remembers ten thousand spent attempts and forgets the oldest', (t) => {
  const it = likeness()
  it.learn('x'.repeat(40), decoy)
  const attempts = Array.from({ length: 10_001 }, () => it.attempt(ada))
  t.ok(attempts.every((attempt) => it.spend(attempt)))
  t.equal(it.spend(attempts[1]!), false)
  t.equal(it.spend(attempts.at(-1)!), false)
  t.equal(it.spend(attempts[0]!), true)
  t.end()
})
