import t from 'tap'
import { lookalike, type Lookalike } from '../../src/sign-in/lookalike.ts'
import type { MakeDecoy } from '../../src/sign-in/ports.ts'
import type { ClientContext } from '../../src/sign-in/sealed-session.ts'
import { ServiceError } from '../../src/errors.ts'
import { memoryLedger } from '../../src/shared-state/memory-ledger.ts'
import { ADA } from '../support/sign-in.ts'

const decoy = { token: 'a.decoy.token', url: 'https://mfa.example/a.decoy.token' }
const email = 'ada@example.com'
const CONTEXT: ClientContext = { identifier: 'email', typed: 'digest', locale: 'en-NZ' }
const STARTED = { startedAt: 1_700_000_000_000, phonePrefix: '+64212' }
const SEEN = { ...CONTEXT, ipAddress: '203.0.113.7', userAgent: 'a browser' }

function likeness(): Lookalike & { made: Parameters<MakeDecoy>[0][] } {
  const made: Parameters<MakeDecoy>[0][] = []
  const makeDecoy: MakeDecoy = async (input) => {
    made.push(input)
    return decoy
  }
  return { ...lookalike(makeDecoy), made }
}

/** A real answer, as `learn` is told of it. */
function real({ username = ADA, session = 'x', issued = {}, toldContext = false } = {}) {
  const challenge = { cognitoSession: session, username, parameters: {} }
  return { challenge, issued, typed: { kind: 'email', value: email }, toldContext } as const
}

t.test('before it has seen a real answer it makes a typical one', async (t) => {
  const it = likeness()
  const attempt = it.attempt(email, CONTEXT, STARTED)
  t.equal(attempt.cognitoSession.length, 1560)
  t.strictSame(await it.challenge(attempt, SEEN), decoy)
  t.match(it.made, [{ showsName: false, context: undefined }])
})

t.test('it shows what real answers show, and no more', async (t) => {
  const it = likeness()
  const attempt = it.attempt(email, CONTEXT, STARTED)
  it.learn(real({ issued: { token: 'real' } }))
  t.strictSame(await it.challenge(attempt, SEEN), { token: decoy.token })
  it.learn(real({ issued: { url: 'real' } }))
  t.strictSame(await it.challenge(attempt, SEEN), { url: decoy.url })
  it.learn(real({ issued: { token: 'real', url: 'real' } }))
  t.strictSame(await it.challenge(attempt, SEEN), decoy)
})

t.test('a decoy that lacks what real answers show is shown without it', async (t) => {
  const it = lookalike(() => Promise.resolve({ token: 'only.a.token' }))
  const attempt = it.attempt(email, CONTEXT, STARTED)
  t.strictSame(await it.challenge(attempt, SEEN), { token: 'only.a.token' })
})

t.test('start and retry ask for the same nobody and the same action', async (t) => {
  const it = likeness()
  const first = it.attempt(email, CONTEXT, STARTED)
  await it.challenge(first, SEEN)
  await it.challenge(it.next(first), SEEN)
  await it.challenge(it.attempt(email, CONTEXT, STARTED), SEEN)
  const [start, retry, another] = it.made
  t.strictSame(start, {
    name: email,
    showsName: false,
    idempotencyKey: first.decoy,
    context: undefined,
    evenIfBlocked: false,
  })
  t.strictSame({ ...retry, context: undefined }, start)
  t.strictSame(retry?.context, SEEN, 'a further round is always told the context')
  t.equal(another?.name, email)
  t.not(another?.idempotencyKey, start?.idempotencyKey)
  await it.challenge(first, SEEN, 'hide')
  t.equal(it.made.at(-1)?.evenIfBlocked, true, 'where a block is to be hidden')
})

t.test('an action of nobody is named as ours are', (t) => {
  const it = likeness()
  t.match(it.attempt(email, CONTEXT, STARTED).decoy, /^[\w-]{24}$/)
  t.end()
})

t.test('the context goes along only where real triggers are told it', async (t) => {
  const it = likeness()
  const attempt = it.attempt(email, CONTEXT, STARTED)
  for (const toldContext of [true, false]) {
    it.learn(real({ toldContext }))
    await it.challenge(attempt, SEEN)
    t.strictSame(it.made.at(-1)?.context, toldContext ? SEEN : undefined)
  }
})

t.test(
  'the typed name is shown where real tokens show it, or where it is a username',
  async (t) => {
    const it = likeness()
    const [byEmail, byName] = [CONTEXT, { identifier: 'username' } as const]
    for (const [username, context, showsName] of [
      [ADA, byEmail, false],
      [ADA, byName, true],
      [email, byEmail, true],
      [email, byName, true],
      [ADA, byEmail, false],
    ] as const) {
      it.learn(real({ username }))
      await it.challenge(it.attempt(email, context, STARTED), context)
      t.equal(it.made.at(-1)?.showsName, showsName)
    }
  },
)

t.test('an attempt for nobody is as long as a real one and never the same twice', (t) => {
  const it = likeness()
  for (const length of [1, 2, 3, 50, 51, 2000]) {
    it.learn(real({ session: 'x'.repeat(length) }))
    const attempt = it.attempt(email, CONTEXT, STARTED)
    t.equal(attempt.cognitoSession.length, length)
    t.equal(it.next(attempt).cognitoSession.length, length)
  }
  const [one, other] = [it.attempt(email, CONTEXT, STARTED), it.attempt(email, CONTEXT, STARTED)]
  t.not(one.cognitoSession, other.cognitoSession)
  t.not(one.decoy, other.decoy)
  t.end()
})

t.test('an attempt for nobody remembers what was typed and said', (t) => {
  const {
    cognitoSession: _noise,
    decoy: _key,
    ...rest
  } = likeness().attempt(email, CONTEXT, STARTED)
  t.strictSame(rest, { username: email, context: CONTEXT, refused: 0, ...STARTED })
  t.end()
})

t.test('the next attempt is of the same nobody, with a new session and one refusal more', (t) => {
  const it = likeness()
  const first = it.attempt(email, CONTEXT, STARTED)
  const { cognitoSession, ...next } = it.next(first)
  const { cognitoSession: before, ...rest } = first
  t.strictSame(next, { ...rest, refused: 1 })
  t.not(cognitoSession, before)
  t.equal(it.next(it.next(first)).refused, 2)
  t.end()
})

t.test('an attempt is spent once', async (t) => {
  const it = likeness()
  const [first, second] = [it.attempt(email, CONTEXT, STARTED), it.attempt(email, CONTEXT, STARTED)]
  const spent = [it.spend(first), it.spend(first), it.spend(second)]
  t.strictSame(await Promise.all(spent), [true, false, true])
  t.equal(await it.spend(it.next(first)), true)
})

t.test('it remembers ten thousand spent attempts and forgets the oldest', async (t) => {
  const it = likeness()
  it.learn(real({ session: 'x'.repeat(40) }))
  const attempts = Array.from({ length: 10_001 }, () => it.attempt(email, CONTEXT, STARTED))
  for (const attempt of attempts) if (!(await it.spend(attempt))) t.fail('it was used before')
  t.equal(await it.spend(attempts[1]!), false)
  t.equal(await it.spend(attempts.at(-1)!), false)
  t.equal(await it.spend(attempts[0]!), true)
})

t.test('an attempt spent at one instance is spent at all that share a ledger', async (t) => {
  const ledger = memoryLedger((_purpose, text) => text)
  const instance = () =>
    lookalike(
      async () => decoy,
      (id) => ledger.claim(id),
    )
  const [here, there] = [instance(), instance()]
  const attempt = here.attempt(email, CONTEXT, STARTED)
  t.strictSame([await here.spend(attempt), await there.spend(attempt)], [true, false])
  t.equal(await there.spend(there.next(attempt)), true)
})

t.test('while the ledger cannot say, each instance knows what was spent with it', async (t) => {
  const it = lookalike(
    async () => decoy,
    () => Promise.reject(new ServiceError('upstream_unavailable')),
  )
  const attempt = it.attempt(email, CONTEXT, STARTED)
  t.strictSame([await it.spend(attempt), await it.spend(attempt)], [true, false])
})

t.test('what a bare username shows says nothing about addresses', async (t) => {
  const it = likeness()
  const { challenge, issued, toldContext } = real({ username: 'mallory' })
  it.learn({ challenge, issued, typed: { kind: 'username', value: 'mallory' }, toldContext })
  await it.challenge(it.attempt(email, CONTEXT, STARTED), SEEN)
  t.equal(it.made.at(-1)?.showsName, false)
})
