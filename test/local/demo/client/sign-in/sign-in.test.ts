import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { Started } from '../../../../../local/demo/client/api/problem.ts'
import type { Tokens } from '../../../../../local/demo/client/api/sign-in-api.ts'
import type { Picked } from '../../../../../local/demo/client/authsignal/passkey-first.ts'
import type { Confirmed } from '../../../../../local/demo/client/authsignal/outcomes.ts'
import type { IdTokenProof } from '../../../../../local/demo/client/sign-in/id-tokens.ts'
import type { Pending } from '../../../../../local/demo/client/sign-in/pending.ts'
import { SignIn, type SignInState } from '../../../../../local/demo/client/sign-in/sign-in.ts'
import {
  later,
  ok,
  refusal,
  scriptedFactors,
  settled,
  TOKENS,
  type FactorScript,
} from '../support.ts'

interface Script extends FactorScript {
  start?: Answer<Started>[]
  finish?: (Answer<Tokens> | Promise<Answer<Tokens>>)[]
  passkey?: Answer<Tokens>[]
  social?: Answer<Tokens>[]
  idToken?: Answer<IdTokenProof>[]
  ask?: Confirmed[]
  /** Nothing more is ever picked once it has run out. */
  offers?: (Picked | undefined | Promise<Picked | undefined>)[]
  pending?: Pending
}

const STARTED: Started = { session: 's1', token: 't1', url: 'page1', expiresIn: 180 }
const RETRY: Started = { session: 's2', token: 't2', url: 'page2', expiresIn: 180 }
const PENDING: Pending = { session: 's0', typed: 'ada@example.com' }
const CONTEXT = { locale: 'en', redirectUrl: 'here', deviceId: 'd' }

function newSignIn(script: Script = {}) {
  const { start = [], finish = [], passkey = [], social = [], idToken = [], ask = [] } = script
  const offers = script.offers ?? []
  const { factors, calls } = scriptedFactors(script)
  const states: SignInState[] = []
  const signedIn: Tokens[] = []
  const clock = { now: 1_000_000 }
  const keys: string[] = []
  let pending = script.pending
  const never = new Promise<undefined>(() => {})
  const signIn = new SignIn({
    api: {
      async startSignIn({ locale, redirectUrl, deviceId, ...identifier }, key) {
        keys.push(key)
        calls.push(`start ${Object.values(identifier).join()} ${locale} ${redirectUrl} ${deviceId}`)
        return start.shift() ?? ok(STARTED)
      },
      async finishSignIn({ session, token }) {
        calls.push(`finish ${session} ${token}`)
        return finish.shift() ?? ok(TOKENS)
      },
      async passkeySignIn(token) {
        calls.push(`passkey ${token}`)
        return passkey.shift() ?? ok(TOKENS)
      },
      async idTokenSignIn(proof) {
        calls.push(`id token ${proof.idToken} ${proof.nonce}`)
        return social.shift() ?? ok(TOKENS)
      },
    },
    factors,
    passkeys: {
      ask: async () => ask.shift() ?? { outcome: 'verified', token: 'proof' },
      offerInField: async () => {
        calls.push('offer')
        return offers.length > 0 ? offers.shift() : never
      },
    },
    async idTokens(provider, email) {
      calls.push(`${provider} ${email}`)
      return idToken.shift() ?? ok({ idToken: 'i', nonce: 'n' })
    },
    pending: {
      put: (kept) => void (pending = kept),
      take: () => {
        const kept = pending
        pending = undefined
        return kept
      },
    },
    context: () => CONTEXT,
    now: () => clock.now,
    render: (state) => void states.push(state),
    signedIn: (tokens) => void signedIn.push(tokens),
  })
  const seen = () => calls.filter((call) => call !== 'forget' && call !== 'offer')
  return { signIn, calls, keys, seen, states, signedIn, clock, kept: () => pending }
}

/** The same, with the code already sent. */
async function atTheCode(script: Script = {}) {
  const setup = newSignIn(script)
  await setup.signIn.start(' ada@example.com')
  setup.calls.length = 0
  return setup
}

t.test('signs in with an email address and a code', async (t) => {
  const { signIn, seen, states, signedIn } = newSignIn()
  signIn.open()
  await signIn.start('ada@example.com')
  t.match(signIn.state, {
    step: 'challenge',
    challenge: { method: 'email', address: 'ada@example.com', expiresAt: 1_180_000 },
  })
  await signIn.challenge?.verify('123456')
  t.strictSame(signIn.state, { step: 'done' })
  t.strictSame(signedIn, [TOKENS])
  t.strictSame(seen(), [
    'start ada@example.com en here d',
    'send email t1',
    'check email t1 123456',
    'finish s1 proof',
  ])
  t.match(states[1], { step: 'identify', busy: 'start' }, 'busy from the first moment')
  t.match(states[2], { step: 'challenge', challenge: { busy: undefined } }, 'no step in between')
})

t.test('each submission has a key of its own that nobody can guess', async (t) => {
  const { signIn, keys } = newSignIn({ start: [refusal('no_connection')] })
  await signIn.start('ada@example.com')
  await signIn.start('ada@example.com')
  t.equal(new Set(keys).size, 2)
  for (const key of keys) t.match(key, /^[0-9a-f-]{36}$/)
})

t.test('signs in with a phone number over SMS', async (t) => {
  const { signIn, seen } = newSignIn()
  await signIn.start('+64 21 123 456')
  t.match(signIn.state, { challenge: { method: 'sms', address: '+6421123456' } })
  t.strictSame(seen(), ['start +6421123456 en here d', 'send sms t1'])
})

t.test('asks nobody about an address that cannot be one', async (t) => {
  const { signIn, seen } = newSignIn()
  await signIn.start('ada')
  const complaint = { message: { key: 'identify.invalid' }, isAboutField: true }
  t.match(signIn.state, { step: 'identify', typed: 'ada', complaint })
  t.strictSame(seen(), [])
})

t.test('shows at the field what the service says is wrong with it', async (t) => {
  const { signIn } = newSignIn({ start: [refusal('invalid_request'), refusal('sign_in_blocked')] })
  await signIn.start('ada@example')
  const invalid = { message: { key: 'identify.invalid' }, isAboutField: true }
  t.match(signIn.state, { typed: 'ada@example', complaint: invalid })
  await signIn.start('ada@example.com')
  t.match(signIn.state, { complaint: { message: { key: 'error.blocked' }, isAboutField: false } })
})

t.test('a code that could not be sent leaves the other ways open', async (t) => {
  const { signIn } = newSignIn({ send: [{ outcome: 'too_many_requests' }] })
  await signIn.start('ada@example.com')
  t.match(signIn.state, { challenge: { complaint: { message: { key: 'error.tooMany' } } } })
  t.ok(signIn.challenge?.state.methods.includes('passkey'))
})

t.test('does nothing twice while a call is under way', async (t) => {
  const { signIn, seen } = newSignIn()
  await Promise.all([
    signIn.start('ada@example.com'),
    signIn.start('ada@example.com'),
    signIn.withPasskey(),
    signIn.withProvider('google', 'ada@example.com'),
  ])
  t.strictSame(seen(), ['start ada@example.com en here d', 'send email t1'])
  const verifying = signIn.challenge?.verify('123456')
  signIn.changeAddress()
  await verifying
  t.equal(signIn.state.step, 'done')
})

t.test('goes on with the fresh session that comes with a refusal', async (t) => {
  const finish = [refusal('challenge_failed', { retry: RETRY })]
  const { signIn, seen, clock } = await atTheCode({ finish })
  clock.now += 100_000
  await signIn.challenge?.verify('123456')
  t.match(signIn.state, { challenge: { expiresAt: 1_280_000 } })
  await signIn.challenge?.verify('654321')
  t.strictSame(seen(), [
    'check email t1 123456',
    'finish s1 proof',
    'send email t2',
    'check email t2 654321',
    'finish s2 proof',
  ])
})

t.test('a right code is not asked for again when finishing failed for a moment', async (t) => {
  const finish = [refusal('no_connection'), refusal('upstream_unavailable')]
  const { signIn, seen } = await atTheCode({ finish })
  await signIn.challenge?.verify('123456')
  t.match(signIn.state, { challenge: { complaint: { message: { key: 'error.noConnection' } } } })
  await signIn.challenge?.verify('123456')
  await signIn.challenge?.verify('123456')
  t.equal(signIn.state.step, 'done')
  const finishes = ['finish s1 proof', 'finish s1 proof', 'finish s1 proof']
  t.strictSame(seen(), ['check email t1 123456', ...finishes])
})

t.test('starts over when the service has ended the attempt, address kept', async (t) => {
  const ends = {
    challenge_failed: 'error.challengeFailed',
    session_expired: 'error.expired',
    sign_in_blocked: 'error.blocked',
  }
  for (const [code, key] of Object.entries(ends)) {
    const { signIn } = await atTheCode({ finish: [refusal(code)] })
    await signIn.challenge?.verify('123456')
    t.match(signIn.state, { step: 'identify', typed: ' ada@example.com' }, code)
    t.match(signIn.state, { complaint: { message: { key } } }, code)
    t.equal(signIn.challenge, undefined)
  }
})

t.test('another address starts from what was typed', async (t) => {
  const { signIn } = await atTheCode()
  signIn.changeAddress()
  t.strictSame(signIn.state, { step: 'identify', typed: ' ada@example.com' })
})

t.test('says that time is up, with the address kept', async (t) => {
  const { signIn, clock } = await atTheCode()
  clock.now += 180_000
  signIn.tick()
  t.match(signIn.state, { step: 'identify', typed: ' ada@example.com' })
  t.match(signIn.state, { complaint: { message: { key: 'error.expired' } } })
})

t.test('leaves for the page with what it takes to come back, and no token', async (t) => {
  const { signIn, seen, kept } = await atTheCode()
  await signIn.challenge?.choose('redirect')
  t.strictSame(kept(), { session: 's1', typed: ' ada@example.com' })
  t.strictSame(seen(), ['go to page1'])
})

t.test('comes back from the page signed in', async (t) => {
  const { signIn, seen, states, signedIn, kept } = newSignIn({ pending: PENDING })
  await signIn.resume('proof')
  t.match(states[0], { step: 'finishing' })
  t.strictSame(seen(), ['finish s0 proof'])
  t.strictSame(signedIn, [TOKENS])
  t.equal(kept(), undefined)
})

t.test('comes back from a page left half-way and can go on', async (t) => {
  const finish = [refusal('challenge_failed', { reason: 'unfinished', retry: RETRY })]
  const { signIn, seen } = newSignIn({ pending: PENDING, finish })
  await signIn.resume('original')
  t.match(signIn.state, {
    step: 'challenge',
    challenge: { notice: { key: 'notice.unfinished' }, method: undefined },
  })
  await signIn.challenge?.choose('email')
  await signIn.challenge?.verify('123456')
  t.strictSame(seen(), [
    'finish s0 original',
    'send email t2',
    'check email t2 123456',
    'finish s2 proof',
  ])
})

t.test('comes back from a challenge that was failed and can try once more', async (t) => {
  const finish = [refusal('challenge_failed', { reason: 'refused', retry: RETRY })]
  const { signIn } = newSignIn({ pending: PENDING, finish })
  await signIn.resume('proof')
  t.match(signIn.state, { challenge: { notice: { key: 'notice.tryOnceMore' } } })
})

t.test('tells failed, left, expired and blocked apart where there is no going on', async (t) => {
  const cases = [
    [refusal('challenge_failed', { reason: 'refused' }), 'error.challengeFailed'],
    [refusal('challenge_failed', { reason: 'unfinished' }), 'error.unfinished'],
    [refusal('session_expired'), 'error.expired'],
    [refusal('sign_in_blocked'), 'error.blocked'],
  ] as const
  for (const [answer, key] of cases) {
    const { signIn } = newSignIn({ pending: PENDING, finish: [answer] })
    await signIn.resume('proof')
    t.match(signIn.state, { step: 'identify', typed: 'ada@example.com' }, key)
    t.match(signIn.state, { complaint: { message: { key } } })
  }
})

t.test('comes back with nothing: not signed in, and can start again', async (t) => {
  const { signIn, seen } = newSignIn({ pending: PENDING })
  await signIn.resume(undefined)
  t.match(signIn.state, {
    typed: 'ada@example.com',
    complaint: { message: { key: 'error.noToken' } },
  })
  t.strictSame(seen(), [])
})

t.test('a token that belongs to no attempt of this tab is not even tried', async (t) => {
  const { signIn, seen } = newSignIn()
  await signIn.resume('a stranger’s')
  t.match(signIn.state, { step: 'identify', complaint: { message: { key: 'error.lostAttempt' } } })
  t.strictSame(seen(), [])
})

t.test('what the page brought back is kept while it cannot be delivered', async (t) => {
  const slow = later<Answer<Tokens>>()
  const finish = [refusal('no_connection'), slow.promise]
  const { signIn, seen } = newSignIn({ pending: PENDING, finish })
  await signIn.resume('proof')
  t.match(signIn.state, {
    step: 'finishing',
    complaint: { message: { key: 'error.noConnection' } },
  })
  const again = signIn.finishAgain()
  void signIn.finishAgain()
  slow.settle(ok(TOKENS))
  await again
  t.equal(signIn.state.step, 'done')
  t.strictSame(seen(), ['finish s0 proof', 'finish s0 proof'])
})

t.test('opened anew after leaving for the page, it says that nothing came of it', async (t) => {
  const { signIn, kept } = newSignIn({ pending: PENDING })
  signIn.open()
  t.match(signIn.state, {
    typed: 'ada@example.com',
    complaint: { message: { key: 'error.noToken' } },
  })
  t.equal(kept(), undefined)
})

t.test('brought back as it was left, it lets the person choose again', async (t) => {
  const { signIn, kept } = await atTheCode()
  await signIn.challenge?.choose('redirect')
  t.match(signIn.state, { challenge: { busy: 'page' } })
  signIn.cameBack()
  t.match(signIn.state, { challenge: { notice: { key: 'notice.unfinished' }, busy: undefined } })
  t.equal(kept(), undefined)
})

t.test('signs in with a passkey and nothing else', async (t) => {
  const { signIn, seen, states } = newSignIn()
  await signIn.withPasskey()
  t.match(states[0], { step: 'identify', busy: 'passkey' })
  t.equal(signIn.state.step, 'done')
  t.strictSame(seen(), ['passkey proof'])
})

t.test('says why a passkey did not sign in', async (t) => {
  const cancelled = newSignIn({ ask: [{ outcome: 'cancelled' }] })
  await cancelled.signIn.withPasskey()
  t.match(cancelled.signIn.state, { complaint: { message: { key: 'error.cancelled' } } })
  const removed = newSignIn({ passkey: [refusal('challenge_failed'), refusal('sign_in_blocked')] })
  await removed.signIn.withPasskey()
  t.match(removed.signIn.state, { complaint: { message: { key: 'error.credentialRefused' } } })
  await removed.signIn.withPasskey()
  t.match(removed.signIn.state, { complaint: { message: { key: 'error.blocked' } } })
})

t.test('a passkey picked in the field signs in', async (t) => {
  const { signIn, seen } = newSignIn({ offers: [{ outcome: 'verified', token: 'picked' }] })
  signIn.open()
  await settled()
  t.equal(signIn.state.step, 'done')
  t.strictSame(seen(), ['passkey picked'])
})

t.test('passkeys are offered once at a time, and again when the field is back', async (t) => {
  const first = later<undefined>()
  const { signIn, calls } = newSignIn({ offers: [first.promise], ask: [{ outcome: 'cancelled' }] })
  const offers = () => calls.filter((call) => call === 'offer').length
  signIn.open()
  signIn.reset()
  t.equal(offers(), 1)
  // Asking for one in another way ends the offer.
  first.settle(undefined)
  await settled()
  await signIn.withPasskey()
  t.equal(offers(), 2)
})

t.test(
  'a passkey picked too late, while another sign-in is on its way, does nothing',
  async (t) => {
    const picked = later<Picked>()
    const { signIn, seen } = newSignIn({ offers: [picked.promise] })
    signIn.open()
    await signIn.start('ada@example.com')
    picked.settle({ outcome: 'verified', token: 'picked' })
    await settled()
    t.equal(signIn.state.step, 'challenge')
    t.notOk(seen().includes('passkey picked'))
  },
)

t.test('a picked passkey that is of no use is said to be, and not offered again', async (t) => {
  const { signIn, calls } = newSignIn({ offers: [{ outcome: 'refused' }] })
  signIn.open()
  await settled()
  t.match(signIn.state, { complaint: { message: { key: 'error.credentialRefused' } } })
  signIn.reset()
  t.equal(calls.filter((call) => call === 'offer').length, 1)
})

t.test('signs in with an ID token for the address in the field', async (t) => {
  const { signIn, seen, states } = newSignIn()
  await signIn.withProvider('apple', 'ada@example.com')
  t.match(states[0], { busy: 'apple' })
  t.strictSame(seen(), ['apple ada@example.com', 'id token i n'])
  t.equal(signIn.state.step, 'done')
})

t.test('an ID token needs an email address, and may be refused', async (t) => {
  const { signIn, seen } = newSignIn({
    social: [refusal('challenge_failed')],
    idToken: [refusal('no_connection')],
  })
  await signIn.withProvider('google', '+6421123456')
  t.match(signIn.state, { complaint: { message: { key: 'identify.socialNeedsEmail' } } })
  t.strictSame(seen(), [])
  await signIn.withProvider('google', 'ada@example.com')
  t.match(signIn.state, { complaint: { message: { key: 'error.noConnection' } } })
  await signIn.withProvider('google', 'ada@example.com')
  t.match(signIn.state, { complaint: { message: { key: 'error.socialRefused' } } })
})

t.test('is ready for the next sign-in, with nothing left of the last', async (t) => {
  const { signIn } = await atTheCode()
  await signIn.challenge?.verify('123456')
  signIn.reset({ key: 'notice.signedOut' })
  t.strictSame(signIn.state, {
    step: 'identify',
    typed: '',
    notice: { key: 'notice.signedOut' },
  })
  t.equal(signIn.challenge, undefined)
})

t.test('gives way when another tab has signed in', async (t) => {
  const { signIn, states } = newSignIn()
  signIn.open()
  signIn.close()
  t.strictSame(signIn.state, { step: 'done' })
  const shown = states.length
  signIn.close()
  t.equal(states.length, shown)
})
