import t from 'tap'
import type { Confirmed } from '../../../../../local/demo/client/authsignal/outcomes.ts'
import type { PageLeft } from '../../../../../local/demo/client/authsignal/hosted-page.ts'
import type { LinkOpened } from '../../../../../local/demo/client/authsignal/magic-link.ts'
import {
  Challenge,
  type ChallengeState,
  type Verdict,
} from '../../../../../local/demo/client/challenge/challenge.ts'
import type { Method } from '../../../../../local/demo/client/challenge/methods.ts'
import { later, scriptedFactors, settled, type FactorScript } from '../support.ts'

const ALL: Method[] = ['email', 'link', 'app', 'passkey', 'key', 'redirect', 'popup', 'window']
const ATTEMPT = { token: 't1', url: 'page1', expiresAt: 180_000 }
const AGAIN = { outcome: 'again', hasLeft: false } as const
const FRESH = { token: 't2', url: 'page2', expiresAt: 360_000 }

interface Script extends FactorScript {
  verdicts?: (Verdict | Promise<Verdict>)[]
  methods?: Method[]
}

function newChallenge({ verdicts = [], methods = ALL, ...script }: Script = {}) {
  const { factors, calls } = scriptedFactors(script)
  const states: ChallengeState[] = []
  const ends: string[] = []
  const clock = { now: 0 }
  const challenge = new Challenge(
    {
      factors,
      now: () => clock.now,
      render: (state) => void states.push(state),
      async prove(token) {
        calls.push(`prove ${token}`)
        return verdicts.shift() ?? { outcome: 'accepted' }
      },
      over: (message) => void ends.push(message.key),
      leaveFor: (url) => void calls.push(`leave for ${url}`),
    },
    ATTEMPT,
    { methods, address: 'ada@example.com' },
  )
  return { challenge, calls, states, ends, clock }
}

/** With the first method begun, and what came before forgotten. */
async function begun(script: Script = {}) {
  const made = newChallenge(script)
  await made.challenge.begin()
  made.calls.length = 0
  return made
}

t.test('begins with the first way there is, and takes a code', async (t) => {
  const { challenge, calls } = newChallenge()
  await challenge.begin()
  t.match(challenge.state, { method: 'email', address: 'ada@example.com', expiresAt: 180_000 })
  t.equal(challenge.state.busy, undefined)
  await challenge.verify('123456')
  t.strictSame(calls, ['send email t1', 'check email t1 123456', 'prove proof', 'forget'])
})

t.test('asks nobody about a code that is too short', async (t) => {
  const { challenge, calls } = await begun()
  await challenge.verify('12345')
  const message = { key: 'error.incompleteCode' }
  t.match(challenge.state, { complaint: { message, isAboutField: true } })
  t.strictSame(calls, [])
})

t.test('a wrong code may be tried again', async (t) => {
  const { challenge, ends } = await begun({ check: [{ outcome: 'wrong_code' }] })
  await challenge.verify('111111')
  t.match(challenge.state, { method: 'email', complaint: { isAboutField: true } })
  await challenge.verify('123456')
  t.strictSame(ends, [])
})

t.test('the last wrong code and an expired token end it', async (t) => {
  const outcomes = [
    ['too_many_attempts', 'error.tooManyWrongCodes'],
    ['expired', 'error.expired'],
  ] as const
  for (const [outcome, key] of outcomes) {
    const { challenge, ends, calls } = await begun({ check: [{ outcome }] })
    await challenge.verify('111111')
    t.strictSame(ends, [key])
    calls.length = 0
    await challenge.verify('123456')
    await challenge.choose('app')
    await challenge.resend()
    t.strictSame(calls, [], 'and then nothing more is done')
  }
})

t.test('shows every other way when asked, and goes on with the one chosen', async (t) => {
  const { challenge, calls } = await begun()
  challenge.showChoice()
  t.notOk('method' in challenge.state)
  t.strictSame(challenge.state.methods, ALL)
  await challenge.choose('app')
  t.match(challenge.state, { method: 'app' })
  await challenge.verify('654321')
  t.strictSame(calls, ['check app t1 654321', 'prove proof', 'forget'])
})

t.test('offers no page where there is none, and nothing that was not offered', async (t) => {
  const { factors } = scriptedFactors()
  const ports = {
    factors,
    now: () => 0,
    render: () => {},
    over: () => {},
    prove: async (): Promise<Verdict> => ({ outcome: 'accepted' }),
  }
  const attempt = { token: 't1', expiresAt: 1 }
  const challenge = new Challenge(ports, attempt, { methods: ['sms', 'popup'] })
  t.strictSame(challenge.state.methods, ['sms'])
  await challenge.choose('popup')
  t.equal(challenge.state.method, undefined)
})

t.test(
  'lets the person choose where only pages are left, or something has to be said',
  async (t) => {
    const onlyPages = newChallenge({ methods: ['popup', 'window'] })
    await onlyPages.challenge.begin()
    t.strictSame(onlyPages.calls, [])
    const told = newChallenge()
    await told.challenge.begin({ key: 'notice.unfinished' })
    t.match(told.challenge.state, { notice: { key: 'notice.unfinished' } })
    t.strictSame(told.calls, [])
  },
)

t.test('a link that is opened anywhere goes on here', async (t) => {
  const opened = later<LinkOpened>()
  const { challenge, calls } = await begun({ link: [opened.promise] })
  await challenge.choose('link')
  t.match(challenge.state, { method: 'link' })
  t.strictSame(calls, ['send link t1', 'wait t1'])
  opened.settle({ outcome: 'verified', token: 'proof' })
  await settled()
  t.strictSame(calls.slice(2), ['prove proof', 'stop waiting', 'forget'])
})

t.test('waits for no link once another way is tried, or another link is sent', async (t) => {
  const first = later<LinkOpened>()
  const second = later<LinkOpened>()
  const { challenge, calls } = await begun({ link: [first.promise, second.promise] })
  await challenge.choose('link')
  await challenge.resend()
  t.match(challenge.state, { notice: { key: 'notice.newLink' } })
  challenge.showChoice()
  first.settle({ outcome: 'verified', token: 'late' })
  second.settle({ outcome: 'verified', token: 'late too' })
  await settled()
  t.strictSame(
    calls.filter((call) => call !== 'wait t1'),
    ['send link t1', 'stop waiting', 'send link t1', 'stop waiting'],
  )
})

for (const method of ['passkey', 'key'] as const) {
  t.test(`asks the device for a ${method} at once, and once more when it said no`, async (t) => {
    const { challenge, calls } = await begun({ confirm: [{ outcome: 'cancelled' }] })
    await challenge.choose(method)
    const message = { key: 'error.cancelled' }
    t.match(challenge.state, { method, complaint: { message, isAboutField: false } })
    await challenge.confirm()
    const asked = `confirm ${method} t1`
    t.strictSame(calls, [asked, asked, 'prove proof', 'forget'])
  })
}

t.test('a device that is being asked does not keep anybody from another way', async (t) => {
  const confirmed = later<Confirmed>()
  const { challenge, calls } = await begun({ confirm: [confirmed.promise] })
  void challenge.choose('passkey')
  t.match(challenge.state, { busy: 'device' })
  void challenge.confirm()
  challenge.showChoice()
  confirmed.settle({ outcome: 'verified', token: 'late' })
  await settled()
  t.strictSame(calls, ['confirm passkey t1'])
  t.equal(challenge.state.method, undefined)
})

t.test('says what is wrong with a passkey, a key or the browser', async (t) => {
  for (const outcome of ['refused', 'unsupported', 'not_set_up', 'no_connection'] as const) {
    const { challenge, ends } = await begun({ confirm: [{ outcome }] })
    await challenge.choose('passkey')
    t.match(challenge.state, { method: 'passkey', complaint: { isAboutField: false } }, outcome)
    t.strictSame(ends, [])
  }
})

for (const method of ['popup', 'window'] as const) {
  t.test(`${method}: brings the page's token to whoever asked`, async (t) => {
    const { challenge, calls } = await begun()
    await challenge.choose(method)
    t.strictSame(calls.slice(0, 2), [`open ${method} page1`, 'prove proof'])
  })

  t.test(
    `${method}: a page left half-way can be gone back to, under the fresh attempt`,
    async (t) => {
      const verdicts = [{ outcome: 'again', hasLeft: true, attempt: FRESH } as const]
      const { challenge, calls } = await begun({ verdicts })
      await challenge.choose(method)
      t.match(challenge.state, { notice: { key: 'notice.unfinished' }, expiresAt: 360_000 })
      t.equal(challenge.state.method, undefined)
      await challenge.choose(method)
      t.match(calls, [`open ${method} page1`, 'prove proof', 'close page', `open ${method} page2`])
    },
  )

  t.test(`${method}: closed without a word leads back to the choice`, async (t) => {
    const { challenge, calls } = await begun({ page: [{ outcome: 'closed' }] })
    await challenge.choose(method)
    t.match(challenge.state, { complaint: { message: { key: 'error.windowClosed' } } })
    t.strictSame(calls, [`open ${method} page1`])
  })

  t.test(`${method}: is closed when the person cancels here`, async (t) => {
    const left = later<PageLeft>()
    const { challenge, calls } = await begun({ page: [left.promise] })
    void challenge.choose(method)
    t.match(challenge.state, { busy: 'page' })
    challenge.showChoice()
    left.settle({ outcome: 'returned', token: 'late' })
    await settled()
    t.strictSame(calls, [`open ${method} page1`, 'close page'])
  })
}

t.test('says so when the browser blocks the window', async (t) => {
  const { challenge } = await begun({ page: [{ outcome: 'blocked' }] })
  await challenge.choose('window')
  t.match(challenge.state, { complaint: { message: { key: 'error.windowBlocked' } } })
})

t.test('leaves for the page in place of this one', async (t) => {
  const { challenge, calls } = await begun()
  await challenge.choose('redirect')
  t.strictSame(calls, ['leave for page1'])
})

t.test('a proof that could not be delivered is kept, whatever is tried next', async (t) => {
  const message = { key: 'error.noConnection' } as const
  const no = { outcome: 'later', message } as const
  const { challenge, calls } = await begun({ verdicts: [no, no, no, no] })
  await challenge.verify('123456')
  t.match(challenge.state, { canRepeat: true, complaint: { message, isAboutField: false } })
  await challenge.verify('')
  await challenge.resend()
  await challenge.repeat()
  await challenge.choose('passkey')
  const proofs = Array.from({ length: 5 }, () => 'prove proof')
  t.strictSame(calls, ['check email t1 123456', ...proofs, 'forget'])
})

t.test('goes on under the fresh attempt that comes with a refusal', async (t) => {
  const verdicts = [{ ...AGAIN, attempt: FRESH }]
  const { challenge, calls } = await begun({ verdicts })
  await challenge.verify('123456')
  t.match(challenge.state, {
    method: 'email',
    expiresAt: 360_000,
    notice: { key: 'notice.newCodeNeeded' },
  })
  await challenge.verify('654321')
  t.strictSame(calls, [
    'check email t1 123456',
    'prove proof',
    'send email t2',
    'check email t2 654321',
    'prove proof',
    'forget',
  ])
})

t.test('a refused link is sent anew, a refused app or device is asked anew', async (t) => {
  const link = await begun({ verdicts: [{ ...AGAIN, attempt: FRESH }] })
  await link.challenge.choose('link')
  await settled()
  t.strictSame(
    link.calls.filter((call) => call.startsWith('send')),
    ['send link t1', 'send link t2'],
  )
  const app = await begun({ verdicts: [AGAIN] })
  await app.challenge.choose('app')
  await app.challenge.verify('123456')
  t.match(app.challenge.state, {
    method: 'app',
    complaint: { message: { key: 'notice.tryOnceMore' } },
  })
  await app.challenge.verify('654321')
  t.match(app.calls, [/check/, 'prove proof', 'check app t1 654321'], 'the attempt is the same')
})

t.test('ends when whoever asked will hear no more', async (t) => {
  const verdicts = [{ outcome: 'over', message: { key: 'error.blocked' } } as const]
  const { challenge, ends } = await begun({ verdicts })
  await challenge.verify('123456')
  t.strictSame(ends, ['error.blocked'])
})

t.test('sends a new code when asked, and says so', async (t) => {
  const { challenge, calls } = await begun()
  await challenge.resend()
  const values = { address: 'ada@example.com' }
  t.match(challenge.state, { notice: { key: 'notice.newCode', values } })
  t.strictSame(calls, ['send email t1'])
})

t.test('a code that could not be sent leaves the other ways open', async (t) => {
  const { challenge } = await begun({ send: [{ outcome: 'too_many_requests' }] })
  t.match(challenge.state, { method: 'email', complaint: { message: { key: 'error.tooMany' } } })
  await challenge.choose('app')
  t.match(challenge.state, { method: 'app' })
})

t.test('does nothing twice while a call is under way', async (t) => {
  const { challenge, calls } = await begun()
  const verifying = challenge.verify('123456')
  challenge.showChoice()
  await Promise.all([
    verifying,
    challenge.verify('123456'),
    challenge.resend(),
    challenge.choose('app'),
  ])
  t.strictSame(calls, ['check email t1 123456', 'prove proof', 'forget'])
})

t.test('says that time is up without waiting for a call to fail', async (t) => {
  const verdict = later<Verdict>()
  const { challenge, ends, clock } = await begun({ verdicts: [verdict.promise] })
  clock.now = 179_999
  challenge.tick()
  t.strictSame(ends, [])
  clock.now = 180_000
  const verifying = challenge.verify('123456')
  challenge.tick()
  t.strictSame(ends, [], 'a call under way is left alone')
  verdict.settle({ outcome: 'later', message: { key: 'error.noConnection' } })
  await verifying
  challenge.tick()
  t.strictSame(ends, ['error.expired'])
})

t.test('closes the page and stops waiting when time is up', async (t) => {
  const { challenge, calls, clock } = await begun({ page: [later<PageLeft>().promise] })
  void challenge.choose('popup')
  clock.now = 180_000
  challenge.tick()
  t.strictSame(calls, ['open popup page1', 'close page', 'forget'])
})

t.test('shows nothing more once it has been stopped', async (t) => {
  const verdict = later<Verdict>()
  const { challenge, states } = await begun({ verdicts: [verdict.promise] })
  const verifying = challenge.verify('123456')
  await settled()
  challenge.stop()
  const shown = states.length
  verdict.settle({ outcome: 'later', message: { key: 'error.noConnection' } })
  await verifying
  t.equal(states.length, shown)
})
