import t from 'tap'
import type { Answer } from '../../../../../local/demo/client/api/call.ts'
import type { Tokens } from '../../../../../local/demo/client/api/sign-in-api.ts'
import { readTabMessage } from '../../../../../local/demo/client/session/tabs.ts'
import {
  browserWithTabs,
  later,
  newSession,
  ok,
  refusal,
  settled,
  signedInSession,
  TOKENS,
} from '../support.ts'

const NEW: Tokens = { ...TOKENS, accessToken: 'a2', refreshToken: 'r2' }
const HOUR = 3_600_000

/** A refresh that is counted. */
function counted(...answers: (Answer<Tokens> | Promise<Answer<Tokens>>)[]) {
  const asked: string[] = []
  return {
    asked,
    refresh: async (refreshToken: string) => {
      asked.push(refreshToken)
      return answers.shift() ?? ok(NEW)
    },
  }
}

t.test('is renewed a minute before the end, once', async (t) => {
  const clock = { now: 0 }
  const { asked, refresh } = counted()
  const { session } = signedInSession({ api: { refresh }, now: () => clock.now })
  clock.now = HOUR - 60_001
  session.tick()
  t.strictSame(asked, [])
  clock.now += 1
  session.tick()
  session.tick()
  await settled()
  t.strictSame(asked, ['r1'])
  t.match(session.signedIn, { tokens: NEW, expiresAt: 2 * HOUR - 60_000 })
})

t.test('a renewal that failed for a moment is tried again, but not at once', async (t) => {
  const clock = { now: HOUR }
  const { asked, refresh } = counted(refusal('no_connection'))
  const { session } = signedInSession({ api: { refresh }, now: () => clock.now })
  clock.now = 2 * HOUR
  session.tick()
  await settled()
  clock.now += 9_999
  session.tick()
  await settled()
  t.equal(asked.length, 1)
  t.ok(session.signedIn, 'nobody is signed out by a lost connection')
  clock.now += 1
  session.tick()
  await settled()
  t.equal(asked.length, 2)
  t.match(session.signedIn, { tokens: NEW })
})

t.test('a renewal that is refused ends the session, with a reason', async (t) => {
  const { session, shown, notices } = signedInSession({ api: counted(refusal('invalid_token')) })
  await session.renew()
  t.equal(session.signedIn, undefined)
  t.equal(shown.at(-1), undefined)
  t.match(notices.at(-1), { key: 'notice.sessionEnded' })
})

t.test('renews at the person’s wish and says what came of it', async (t) => {
  const { session } = signedInSession({ api: counted(refusal('upstream_timeout')) })
  await session.renew()
  t.match(session.signedIn, { tokens: TOKENS, message: { key: 'error.tryAgainSoon' } })
  await session.renew()
  t.match(session.signedIn, { tokens: NEW, message: { key: 'session.renewed' } })
})

t.test('ten tabs make one refresh, and all have its tokens', async (t) => {
  const browser = browserWithTabs()
  const slow = later<Answer<Tokens>>()
  const { asked, refresh } = counted(slow.promise)
  const clock = { now: 0 }
  const setup = () => ({ api: { refresh }, tabs: browser.open(), now: () => clock.now })
  const first = signedInSession(setup()).session
  const others = Array.from({ length: 9 }, () => newSession(setup()).session)
  for (const other of others) other.ask()
  const all = [first, ...others]
  for (const session of all) t.match(session.signedIn, { tokens: TOKENS })

  clock.now = HOUR
  for (const session of all) session.tick()
  slow.settle(ok(NEW))
  await settled()
  t.strictSame(asked, ['r1'])
  for (const session of all) t.match(session.signedIn, { tokens: NEW, expiresAt: 2 * HOUR })
})

t.test('a new tab asks the others, and is nobody where nobody answers', (t) => {
  const browser = browserWithTabs()
  const alone = newSession({ tabs: browser.open() })
  alone.session.ask()
  t.equal(alone.session.signedIn, undefined)
  t.strictSame(browser.told, [{ kind: 'who' }])
  t.end()
})

t.test(
  'a tab that is behind changes nothing, not even while a renewal is on its way',
  async (t) => {
    const browser = browserWithTabs()
    const slow = later<Answer<Tokens>>()
    const clock = { now: 0 }
    const api = counted(slow.promise)
    const { session } = signedInSession({ api, tabs: browser.open(), now: () => clock.now })
    const behind = browser.open()
    // What the session has told the others when it began.
    const [old] = browser.told
    t.match(old, { kind: 'tokens', tokens: TOKENS })
    clock.now = HOUR
    session.tick()
    if (old) behind.tell(old)
    slow.settle(ok(NEW))
    await settled()
    t.match(session.signedIn, { tokens: NEW })
    if (old) behind.tell(old)
    t.match(session.signedIn, { tokens: NEW })
  },
)

t.test('a tab in the middle of a sign-in does not become somebody else', (t) => {
  const browser = browserWithTabs()
  const busy = newSession({ tabs: browser.open(), mayJoin: () => false })
  signedInSession({ tabs: browser.open() })
  t.equal(busy.session.signedIn, undefined)
  t.end()
})

t.test('two people in two tabs stay two people', async (t) => {
  const browser = browserWithTabs()
  const other: Tokens = { ...TOKENS, accessToken: 'other' }
  const ada = newSession({ tabs: browser.open(), mayJoin: () => false })
  const grace = newSession({ tabs: browser.open(), mayJoin: () => false })
  ada.session.begin(TOKENS)
  grace.session.begin(other)
  t.match(ada.session.signedIn, { tokens: TOKENS })
  t.match(grace.session.signedIn, { tokens: other })
  await ada.session.signOut()
  t.match(grace.session.signedIn, { tokens: other })
})

t.test('signing out is signing out in every tab, at once', async (t) => {
  const browser = browserWithTabs()
  const revoked: string[] = []
  const slow = later<Answer<true>>()
  const signOut = (refreshToken: string) => (revoked.push(refreshToken), slow.promise)
  const first = signedInSession({ api: { signOut }, tabs: browser.open() })
  const second = newSession({ tabs: browser.open() })
  second.session.ask()
  void first.session.signOut()
  t.equal(first.session.signedIn, undefined, 'without waiting for the service')
  t.equal(second.session.signedIn, undefined)
  t.match(second.notices.at(-1), { key: 'notice.signedOut' })
  t.strictSame(revoked, ['r1'])
})

t.test('signs out everywhere, or says why not', async (t) => {
  const answers: Answer<true>[] = [refusal('upstream_unavailable'), ok(true)]
  const bearers: string[] = []
  const signOutEverywhere = async (bearer: string) => (bearers.push(bearer), answers.shift()!)
  const { session, notices } = signedInSession({ api: { signOutEverywhere } })
  await session.signOutEverywhere()
  t.match(session.signedIn, { message: { key: 'error.tryAgainSoon' } })
  await session.signOutEverywhere()
  t.equal(session.signedIn, undefined)
  t.match(notices.at(-1), { key: 'notice.signedOutEverywhere' })
  t.strictSame(bearers, ['a1', 'a1'])
})

t.test('a call with a refused token is made once more with a new one', async (t) => {
  const { asked, refresh } = counted()
  const { session } = signedInSession({ api: { refresh } })
  const used: string[] = []
  const make = async (bearer: string): Promise<Answer<string>> => {
    used.push(bearer)
    return bearer === 'a2' ? ok('done') : refusal('invalid_token')
  }
  t.strictSame(await Promise.all([session.call(make), session.call(make)]), [
    ok('done'),
    ok('done'),
  ])
  t.strictSame(used, ['a1', 'a1', 'a2', 'a2'])
  t.strictSame(asked, ['r1'], 'one refresh for both')
})

t.test('other refusals are handed on as they are', async (t) => {
  const { asked, refresh } = counted()
  const { session } = signedInSession({ api: { refresh } })
  const answer = await session.call(async () => refusal('step_up_required'))
  t.match(answer, { problem: { code: 'step_up_required' } })
  t.strictSame(asked, [])
})

t.test('the session is over when even a new token is refused', async (t) => {
  const { session, notices } = signedInSession({ api: counted() })
  await session.call(async () => refusal('invalid_token'))
  t.equal(session.signedIn, undefined)
  t.match(notices.at(-1), { key: 'notice.sessionEnded' })
})

t.test('nobody makes no calls', async (t) => {
  const { session } = newSession()
  let made = 0
  const answer = await session.call(async () => ((made += 1), ok(true)))
  t.match(answer, { problem: { code: 'invalid_token' } })
  t.equal(made, 0)
  await session.renew()
  await session.signOut()
  await session.signOutEverywhere()
})

t.test('a renewal that comes after signing out brings nobody back', async (t) => {
  const slow = later<Answer<Tokens>>()
  const { session } = signedInSession({ api: counted(slow.promise) })
  void session.renew()
  await settled()
  await session.signOut()
  slow.settle(ok(NEW))
  await settled()
  t.equal(session.signedIn, undefined)
})

t.test('what is no message of a tab is not heard', (t) => {
  const tokens = { kind: 'tokens', signInId: 's', tokens: TOKENS, expiresAt: 7 }
  t.strictSame(readTabMessage(tokens), tokens)
  t.strictSame(readTabMessage({ kind: 'ended', signInId: 's' }), { kind: 'ended', signInId: 's' })
  for (const data of [
    undefined,
    'who',
    { kind: 'ended' },
    { ...tokens, tokens: { accessToken: 'a' } },
    { ...tokens, expiresAt: '7' },
    { ...tokens, kind: 'other' },
  ]) {
    t.equal(readTabMessage(data), undefined)
  }
  t.end()
})
