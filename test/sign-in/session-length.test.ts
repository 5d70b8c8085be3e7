import t from 'tap'
import { tokenDigest } from '../../src/sign-in/challenge-dialect.ts'
import { finishSignIn } from '../../src/sign-in/finish-sign-in.ts'
import { sessionSealer, type Attempt } from '../../src/sign-in/sealed-session.ts'
import { startSignIn, type StartSignInInput } from '../../src/sign-in/start-sign-in.ts'
import { failureOf } from '../support/expect-error.ts'
import { ADA, challengeFor, scriptedUserPool, testDeps } from '../support/sign-in.ts'

const NOW = 1_700_000_000_000
const LONG = `${'a'.repeat(64)}@${'b'.repeat(58)}.com`
const USERNAMES = [
  ADA,
  'ada',
  'a'.repeat(32),
  LONG,
  '+6421234567',
  'ü',
  '"',
  '\\'.repeat(64),
  '字'.repeat(128),
  '😀'.repeat(64),
  '"'.repeat(128),
]
const DECOY = 'x'.repeat(24)
const sealer = sessionSealer([Buffer.alloc(32, 1)], 'pool|client', () => NOW)

function lengths(context: Attempt['context']): number[] {
  const cognitoSession = 'x'.repeat(1560)
  return USERNAMES.flatMap((username) =>
    [0, 1, 2].flatMap((refused) => {
      const issued = tokenDigest('any')
      const attempt = { cognitoSession, username, context, refused, issued, startedAt: NOW }
      return [attempt, { ...attempt, decoy: DECOY }].map(
        (either) => sealer.seal(either, NOW).length,
      )
    }),
  )
}

t.test('the length of a session does not tell whose it is', (t) => {
  t.equal(LONG.length, 127)
  t.equal(new Set(lengths({ identifier: 'email', typed: 'digest' })).size, 1)
  t.end()
})

t.test('nor can a client fill it up to where one byte more would show', (t) => {
  for (let length = 1; length <= 128; length += 1) {
    const deviceId = 'd'.repeat(length)
    const all = new Set(lengths({ identifier: 'username', deviceId }))
    if (all.size !== 1) t.fail(`with a deviceId of ${length}`)
  }
  t.pass('with none of them')
  t.end()
})

t.test('what the client said itself shows in whole blocks', (t) => {
  const [short = 0] = lengths({ identifier: 'email' })
  const [long = 0] = lengths({ identifier: 'email', redirectUrl: `https://x.example/${LONG}` })
  const bytes = ((long - short) * 3) / 4
  const blocks = Math.round(bytes / 128)
  t.ok(blocks > 0)
  t.ok(Math.abs(bytes - blocks * 128) < 3)
  t.end()
})

const INPUTS: Record<string, StartSignInInput> = {
  'a long address': { email: LONG },
  'a short address': { email: 'a@b.nz' },
  'a quoted address': { email: String.raw`"\"\"\"\"\"\"\""@example.com` },
  'a phone number': { phoneNumber: '+6421234567' },
  'a username': { username: 'ü' },
}

for (const [what, said] of Object.entries(INPUTS)) {
  t.test(`a user and nobody get sessions of one length, start to end: ${what}`, async (t) => {
    const input = { ...said, deviceId: 'device-1', ipAddress: '203.0.113.7' }
    const user = testDeps(scriptedUserPool({ begin: [challengeFor()], answer: [challengeFor()] }))
    const nobody = testDeps(scriptedUserPool({ begin: [challengeFor(), { outcome: 'refused' }] }))
    await startSignIn(nobody, input)
    const sessions: string[][] = []
    for (const deps of [user, nobody]) {
      const { session } = await startSignIn(deps, input)
      const { retry } = await failureOf(finishSignIn(deps, { session, token: 'a.wrong.proof' }))
      sessions.push([session, retry?.session ?? ''])
    }
    const [ofUser, ofNobody] = sessions.map((both) => both.map(({ length }) => length))
    t.strictSame(ofNobody, ofUser)
    t.equal(nobody.decoys.length, 2)
  })
}
