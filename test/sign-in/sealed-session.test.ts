import { randomBytes } from 'node:crypto'
import t from 'tap'
import { sessionSealer, type IssuedAttempt } from '../../src/sign-in/sealed-session.ts'
import { signInError } from '../support/expect-error.ts'

const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const AUDIENCE = 'eu-west-1_Pool|client'
const NOW = 1_700_000_000_000
const LATER = NOW + 60_000
const EXPIRED = signInError('session_expired')

const attempt: IssuedAttempt = {
  cognitoSession: 'AYABe-cognito-session',
  username: '34c84488-f0b1-4d1c-9d1a-0e5f2f9d7c11',
  context: { identifier: 'email', typed: 'a-digest', locale: 'en-NZ' },
  refused: 1,
  startedAt: NOW,
  issued: 'digest-of-token',
}

function sealer(keys = [OLD], audience = AUDIENCE, now = NOW) {
  return sessionSealer(keys, audience, () => now)
}

function bytesOf(session: string): Buffer {
  return Buffer.from(session.slice('s1.'.length), 'base64url')
}

t.test('what is sealed is opened again', (t) => {
  t.strictSame(sealer().open(sealer().seal(attempt, LATER)), attempt)
  const nobody: IssuedAttempt = {
    ...attempt,
    username: 'ü"\\',
    context: {
      identifier: 'username',
      redirectUrl: 'https://app.example.com/callback?ü=字',
      deviceId: 'device-1',
    },
    refused: 0,
    phonePrefix: '+1684733',
    decoy: 'x'.repeat(24),
  }
  t.strictSame(sealer().open(sealer().seal(nobody, LATER)), nobody)
  t.end()
})

t.test('a session shows nothing of what it carries and is never the same twice', (t) => {
  const [first, second] = [sealer().seal(attempt, LATER), sealer().seal(attempt, LATER)]
  t.notSame(first, second)
  t.match(first, /^s1\.[\w-]+$/)
  for (const hidden of [attempt.username, attempt.cognitoSession, 'email', 'a-digest']) {
    t.notOk(bytesOf(first).includes(hidden))
    t.notOk(first.includes(hidden))
  }
  t.notOk(bytesOf(first).includes(OLD))
  t.end()
})

t.test('a change of any byte is refused', (t) => {
  const session = sealer().seal(attempt, LATER)
  const whole = bytesOf(session)
  const accepted = [...whole.keys()].filter((at) => {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    return opens(`s1.${changed.toString('base64url')}`)
  })
  t.ok(whole.length > 100)
  t.strictSame(accepted, [])
  t.end()
})

t.test('a change of any character is refused', (t) => {
  const session = sealer().seal(attempt, LATER)
  const accepted = session.split('').filter((character, at) => {
    const other = character === 'A' ? 'B' : 'A'
    return opens(session.slice(0, at) + other + session.slice(at + 1))
  })
  t.strictSame(accepted, [])
  t.end()
})

t.test('a session cut short anywhere, or made longer, is refused', (t) => {
  const session = sealer().seal(attempt, LATER)
  const cut = session.split('').map((_character, at) => session.slice(0, at))
  t.strictSame(cut.filter(opens), [])
  t.strictSame(cut.map((_text, at) => session.slice(at + 1)).filter(opens), [])
  t.strictSame([`${session}A`, `${session}AAAA`, session + session].filter(opens), [])
  t.end()
})

t.test('a session has one spelling', (t) => {
  // Of several lengths, because only some leave padding bits in the last character.
  const sessions = Array.from({ length: 60 }, (_value, index) =>
    sealer().seal({ ...attempt, cognitoSession: 'x'.repeat(10 * index) }, LATER),
  )
  const respelled = sessions.flatMap((session) => [
    `${session}=`,
    `${session}==`,
    ` ${session}`,
    `${session}\n`,
    `${session.slice(0, 20)} ${session.slice(20)}`,
    `${session.slice(0, 20)}!${session.slice(20)}`,
    session.toUpperCase(),
    session.replace('s1.', 'S1.'),
    session.replace('s1.', ''),
    session.replace('s1.', 's1.s1.'),
    ...otherBase64(session),
    ...otherLastBits(session),
  ])
  t.ok(sessions.every(opens))
  t.ok(sessions.some((session) => otherBase64(session).length > 0))
  t.ok(sessions.some((session) => otherLastBits(session).length > 0))
  t.strictSame(respelled.filter(opens), [])
  t.end()
})

t.test('a session of another key is refused', (t) => {
  t.throws(() => sealer([NEW]).open(sealer([OLD]).seal(attempt, LATER)), EXPIRED)
  t.end()
})

t.test('a session that names our key but was sealed with another is refused', (t) => {
  const ours = bytesOf(sealer([OLD]).seal(attempt, LATER))
  const theirs = bytesOf(sealer([NEW]).seal(attempt, LATER))
  const forged = Buffer.concat([ours.subarray(0, 4), theirs.subarray(4)])
  t.throws(() => sealer([OLD]).open(`s1.${forged.toString('base64url')}`), EXPIRED)
  t.end()
})

t.test('keys are rotated: the first seals, all open, a dropped one opens nothing', (t) => {
  const before = sealer([OLD]).seal(attempt, LATER)
  t.strictSame(sealer([NEW, OLD]).open(before), attempt)
  const during = sealer([NEW, OLD]).seal(attempt, LATER)
  t.strictSame(sealer([NEW]).open(during), attempt)
  t.throws(() => sealer([OLD]).open(during), EXPIRED)
  t.throws(() => sealer([NEW]).open(before), EXPIRED)
  t.end()
})

t.test('a session of another pool or client is refused although the key is the same', (t) => {
  const session = sealer([OLD], 'eu-west-1_Other|client').seal(attempt, LATER)
  t.throws(() => sealer([OLD], AUDIENCE).open(session), EXPIRED)
  t.end()
})

t.test('a session opens until the millisecond before it expires', (t) => {
  const session = sealer().seal(attempt, LATER)
  t.strictSame(sealer([OLD], AUDIENCE, LATER - 1).open(session), attempt)
  t.throws(() => sealer([OLD], AUDIENCE, LATER).open(session), EXPIRED)
  t.throws(() => sealer([OLD], AUDIENCE, LATER + 1).open(session), EXPIRED)
  t.end()
})

t.test('without a clock it goes by the real one', (t) => {
  const real = sessionSealer([OLD], AUDIENCE)
  t.strictSame(real.open(real.seal(attempt, Date.now() + 60_000)), attempt)
  t.throws(() => real.open(real.seal(attempt, Date.now() - 1)), EXPIRED)
  t.end()
})

t.test('garbage is refused like any other session', (t) => {
  const noise = Array.from({ length: 50 }, (_value, size) =>
    randomBytes(size).toString('base64url'),
  )
  for (const text of ['', 's1.', 's2.AAAA', '{}', 'null', 's1.\u0000', 'eyJ.eyJ.sig', ...noise]) {
    t.throws(() => sealer().open(text), EXPIRED)
    t.throws(() => sealer().open(`s1.${text}`), EXPIRED)
  }
  t.end()
})

t.test('a sealer without a key is never made', (t) => {
  t.throws(() => sessionSealer([], AUDIENCE), { message: /needs a key/ })
  t.end()
})

function opens(session: string): boolean {
  try {
    sealer().open(session)
    return true
  } catch {
    return false
  }
}

function otherBase64(session: string): string[] {
  const plain = session.replaceAll('-', '+').replaceAll('_', '/')
  return plain === session ? [] : [plain]
}

/** The same bytes with other padding bits in the last character. */
function otherLastBits(session: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet
    .split('')
    .map((last) => session.slice(0, -1) + last)
    .filter((text) => text !== session && bytesOf(text).equals(bytesOf(session)))
}
