import t from 'tap'
import type { Answer, Started, Tokens } from '../../../local/demo/client/api.ts'
import type { Checked, Sent } from '../../../local/demo/client/challenge.ts'
import * as messages from '../../../local/demo/client/messages.ts'
import { SignIn, type State } from '../../../local/demo/client/sign-in.ts'

interface Script {
  start?: Answer<Started>[]
  send?: Sent[]
  check?: Checked[]
  finish?: Answer<Tokens>[]
}

const TOKENS: Tokens = { accessToken: 'a', idToken: 'i' }
const refusal = (code: string) => ({ ok: false as const, problem: { code } })

/** A sign-in whose upstreams follow the script, line by line, and do well once it has run out. */
function signInWith({ start = [], send = [], check = [], finish = [] }: Script = {}) {
  const calls: string[] = []
  const states: State[] = []
  const clock = { now: 1_000_000 }
  const signIn = new SignIn({
    api: {
      async startSignIn(identifier) {
        calls.push(`start ${Object.values(identifier).join()}`)
        const value = { session: 's1', token: 't1', expiresIn: 180 }
        return start.shift() ?? { ok: true, value }
      },
      async finishSignIn({ session, token }) {
        calls.push(`finish ${session} ${token}`)
        return finish.shift() ?? { ok: true, value: TOKENS }
      },
    },
    challenge: {
      async sendCode(channel, token) {
        calls.push(`send ${channel} ${token}`)
        return send.shift() ?? { outcome: 'sent' }
      },
      async checkCode(channel, code) {
        calls.push(`check ${channel} ${code}`)
        return check.shift() ?? { outcome: 'verified', token: 'proof' }
      },
      forget: () => void calls.push('forget'),
    },
    now: () => clock.now,
    render: (state) => void states.push(state),
  })
  return { signIn, calls, states, clock }
}

/** The same, with the code already sent. */
async function atTheCode(script: Script = {}) {
  const setup = signInWith(script)
  await setup.signIn.start(' ada@example.com')
  setup.calls.length = 0
  return setup
}

t.test('signs in with an email address and a code', async (t) => {
  const { signIn, calls, states } = signInWith()
  await signIn.start('ada@example.com')
  t.match(signIn.state, { step: 'code', channel: 'email', address: 'ada@example.com' })
  await signIn.verify('123456')
  t.strictSame(signIn.state, { step: 'signed-in', tokens: TOKENS })
  t.strictSame(calls, [
    'start ada@example.com',
    'send email t1',
    'check email 123456',
    'finish s1 proof',
    'forget',
  ])
  t.match(states[0], { step: 'identify', isBusy: true }, 'busy from the first moment')
})

t.test('signs in with a phone number over SMS', async (t) => {
  const { signIn, calls } = signInWith()
  await signIn.start('+64 21 123 456')
  t.match(signIn.state, { step: 'code', channel: 'sms', address: '+6421123456' })
  t.strictSame(calls, ['start +6421123456', 'send sms t1'])
})

t.test(
  'asks nobody about an address that cannot be one, or a code that is too short',
  async (t) => {
    const { signIn, calls } = signInWith()
    await signIn.start('ada')
    t.match(signIn.state, { error: { text: messages.INVALID_IDENTIFIER, isAboutField: true } })
    t.strictSame(calls, ['forget'])
    const atCode = await atTheCode()
    await atCode.signIn.verify('12345')
    t.match(atCode.signIn.state, { error: { text: messages.INCOMPLETE_CODE, isAboutField: true } })
    t.strictSame(atCode.calls, [])
  },
)

t.test('shows at the field what the service says is wrong with it', async (t) => {
  const { signIn } = signInWith({ start: [refusal('invalid_request'), refusal('sign_in_blocked')] })
  await signIn.start('ada@example')
  t.match(signIn.state, { typed: 'ada@example', error: { isAboutField: true } })
  await signIn.start('ada@example.com')
  t.match(signIn.state, { error: { text: /blocked/, isAboutField: false } })
})

t.test('stays where it is when no code could be sent', async (t) => {
  const { signIn } = signInWith({ send: [{ outcome: 'no_connection' }] })
  await signIn.start('ada@example.com')
  t.match(signIn.state, { step: 'identify', typed: 'ada@example.com', isBusy: false })
  t.match(signIn.state, { error: { text: messages.NO_CONNECTION } })
})

t.test('does nothing twice while a call is under way', async (t) => {
  const { signIn, calls } = signInWith()
  await Promise.all([signIn.start('ada@example.com'), signIn.start('ada@example.com')])
  t.strictSame(calls, ['start ada@example.com', 'send email t1'])
  calls.length = 0
  const verifying = signIn.verify('123456')
  signIn.changeAddress()
  await Promise.all([verifying, signIn.verify('123456'), signIn.resend()])
  t.strictSame(calls, ['check email 123456', 'finish s1 proof', 'forget'])
})

t.test('a wrong code may be tried again', async (t) => {
  const { signIn } = await atTheCode({ check: [{ outcome: 'wrong_code' }] })
  await signIn.verify('111111')
  t.match(signIn.state, { step: 'code', error: { text: messages.WRONG_CODE, isAboutField: true } })
  await signIn.verify('123456')
  t.equal(signIn.state.step, 'signed-in')
})

t.test('the last wrong code and an expired token lead back, address kept', async (t) => {
  const outcomes = [
    ['too_many_attempts', messages.TOO_MANY_WRONG_CODES],
    ['expired', messages.SESSION_EXPIRED],
  ] as const
  for (const [outcome, text] of outcomes) {
    const { signIn } = await atTheCode({ check: [{ outcome }] })
    await signIn.verify('111111')
    t.match(signIn.state, { step: 'identify', typed: ' ada@example.com', error: { text } })
  }
})

t.test('a right code is not asked for again when finishing failed for a moment', async (t) => {
  const finish = [refusal('no_connection'), refusal('upstream_unavailable')]
  const { signIn, calls } = await atTheCode({ finish })
  await signIn.verify('123456')
  t.match(signIn.state, { step: 'code', error: { text: messages.NO_CONNECTION } })
  await signIn.verify('123456')
  await signIn.verify('123456')
  t.equal(signIn.state.step, 'signed-in')
  const finishes = ['finish s1 proof', 'finish s1 proof', 'finish s1 proof']
  t.strictSame(calls, ['check email 123456', ...finishes, 'forget'])
})

t.test('goes on with the fresh attempt that comes with a refusal', async (t) => {
  const retry = { session: 's2', token: 't2' }
  const finish = [{ ok: false as const, problem: { code: 'challenge_failed', retry } }]
  const { signIn, calls } = await atTheCode({ finish })
  await signIn.verify('123456')
  t.match(signIn.state, { step: 'code', notice: messages.newCodeNeeded('ada@example.com') })
  await signIn.verify('654321')
  t.strictSame(calls, [
    'check email 123456',
    'finish s1 proof',
    'send email t2',
    'check email 654321',
    'finish s2 proof',
    'forget',
  ])
})

t.test('starts over when the service has ended the attempt', async (t) => {
  for (const code of ['challenge_failed', 'session_expired', 'sign_in_blocked']) {
    const { signIn } = await atTheCode({ finish: [refusal(code)] })
    await signIn.verify('123456')
    const text = messages.problemMessage({ code })
    t.match(signIn.state, { step: 'identify', typed: ' ada@example.com', error: { text } }, code)
  }
})

t.test('sends a new code when asked, and says so', async (t) => {
  const { signIn, calls } = await atTheCode({ send: [{ outcome: 'sent' }, { outcome: 'sent' }] })
  await signIn.resend()
  t.match(signIn.state, { step: 'code', notice: messages.newCodeSent('ada@example.com') })
  t.strictSame(calls, ['send email t1'])
})

t.test('a new code that could not be sent can be asked for again', async (t) => {
  const { signIn } = await atTheCode({ check: [{ outcome: 'unavailable' }] })
  await signIn.verify('123456')
  t.match(signIn.state, { step: 'code', error: { text: /right now/, isAboutField: false } })
  const lost = signInWith({ send: [{ outcome: 'sent' }, { outcome: 'too_many_requests' }] })
  await lost.signIn.start('ada@example.com')
  await lost.signIn.resend()
  t.match(lost.signIn.state, { step: 'code', error: { text: /Too many attempts/ } })
  await lost.signIn.resend()
  t.match(lost.signIn.state, { notice: /new code/ })
})

t.test('says that time is up without waiting for a call to fail', async (t) => {
  const { signIn, clock } = await atTheCode()
  clock.now += 179_999
  signIn.tick()
  t.equal(signIn.state.step, 'code')
  clock.now += 1
  const verifying = signIn.verify('123456')
  signIn.tick()
  t.match(signIn.state, { step: 'code', busy: 'verify' }, 'a call under way is left alone')
  await verifying
  const idle = await atTheCode()
  idle.clock.now += 180_000
  idle.signIn.tick()
  t.match(idle.signIn.state, { step: 'identify', error: { text: messages.SESSION_EXPIRED } })
})

t.test('another address starts from what was typed, signing out from nothing', async (t) => {
  const { signIn, calls } = await atTheCode()
  signIn.changeAddress()
  t.strictSame(signIn.state, { step: 'identify', typed: ' ada@example.com', isBusy: false })
  await signIn.start('ada@example.com')
  await signIn.verify('123456')
  signIn.signOut()
  t.match(signIn.state, { step: 'identify', typed: '', notice: messages.SIGNED_OUT })
  t.notHas(signIn.state, { tokens: TOKENS })
  t.equal(calls.at(-1), 'forget')
})
