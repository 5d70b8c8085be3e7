import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { standingClock } from '../../../../local/index.ts'
import {
  CATEGORIES,
  CATEGORY_OF,
  categoryNames,
} from '../../../../local/cognito/quotas/categories.ts'
import { Quotas } from '../../../../local/cognito/quotas/quotas.ts'
import { readQuotas, type QuotaSettings } from '../../../../local/cognito/quotas/settings.ts'
import { operations } from '../../../../local/cognito/operations/index.ts'
import type { Services } from '../../../../local/cognito/services.ts'
import { clientId, errorOf, poolId, startSubject } from '../support.ts'

const RESPOND = 'RespondToAuthChallenge'
const THROTTLED = { name: 'TooManyRequestsException', message: 'Rate exceeded' }

/** Quotas alone, and a clock that stands still. */
function standing(settings: QuotaSettings = {}) {
  const clock = standingClock(1_700_000_000_000)
  const quotas = new Quotas({ ...settings, clock }, clock, (name) => name.toLowerCase())
  const accepts = (operation: string, body: unknown = {}): boolean => {
    try {
      quotas.take(operation, body)
      return true
    } catch (error) {
      if (error instanceof Error && error.name === THROTTLED.name) return false
      throw error
    }
  }
  /** How many calls at once are accepted; stops at the first that is not. */
  const accepted = (operation: string, body?: unknown): number => {
    let count = 0
    while (count < 1_000 && accepts(operation, body)) count += 1
    return count
  }
  return { clock, quotas, accepts, accepted }
}

const of = (username: string) => ({ AuthParameters: { USERNAME: username } })

t.test('every operation that is spoken here belongs to a category', async (t) => {
  const spoken = Object.keys(operations({} as Services))
  const counted = [...CATEGORY_OF.keys(), RESPOND]
  t.strictSame(counted.toSorted(), spoken.toSorted())
})

for (const category of categoryNames) {
  const { perSecond, adjustable, operations: members } = CATEGORIES[category]

  t.test(`${category}: ${perSecond} calls a second, whichever they are`, async (t) => {
    for (const operation of members) {
      const { accepted, clock } = standing()
      t.equal(accepted(operation), perSecond, operation)
      for (const other of members) t.equal(accepted(other), 0, `${other} after ${operation}`)
      for (const other of categoryNames.filter((name) => name !== category)) {
        t.ok(accepted(CATEGORIES[other].operations[0]) > 0, `${other} has its own`)
      }
      clock.advance(1_000)
      t.equal(accepted(operation), perSecond, 'a second later')
    }
  })

  t.test(`${category} can be less, and more ${adjustable ? 'too' : 'not'}`, async (t) => {
    const [operation] = members
    const more = { categories: { [category]: perSecond + 10 } }
    t.equal(standing({ categories: { [category]: 3 } }).accepted(operation), 3)
    if (adjustable) t.equal(standing(more).accepted(operation), perSecond + 10)
    else t.throws(() => standing(more), { message: /is not adjustable/ })
  })
}

t.test('a quota fills up evenly, and no further than a second', async (t) => {
  const { clock, accepted } = standing({ categories: { UserToken: 4 } })
  const refreshes = () => accepted('GetTokensFromRefreshToken')
  t.equal(refreshes(), 4)
  clock.advance(249)
  t.equal(refreshes(), 0)
  clock.advance(1)
  t.equal(refreshes(), 1)
  clock.advance(500)
  t.equal(refreshes(), 2)
  clock.advance(60 * 60_000)
  t.equal(refreshes(), 4)
})

t.test('a fraction of a call a second takes its time', async (t) => {
  const { clock, accepted } = standing({ categories: { UserUpdate: 0.5 } })
  const updates = () => accepted('AdminUpdateUserAttributes')
  t.equal(updates(), 1)
  clock.advance(1_999)
  t.equal(updates(), 0)
  clock.advance(1)
  t.equal(updates(), 1)
})

t.test('a throttled call uses up nothing', async (t) => {
  const { clock, accepted, accepts } = standing({ categories: { UserToken: 1 } })
  t.equal(accepted('RevokeToken'), 1)
  for (let time = 0; time < 9; time += 1) {
    clock.advance(100)
    t.notOk(accepts('RevokeToken'))
  }
  clock.advance(100)
  t.ok(accepts('RevokeToken'))
})

t.test('answers have three times the quota, and then that of starts', async (t) => {
  const settings = { categories: { UserAuthentication: 10 } }
  const alone = standing(settings)
  t.equal(alone.accepted(RESPOND), 30 + 10)
  t.equal(alone.accepted('InitiateAuth'), 0, 'the overflow counts against the starts')

  const after = standing(settings)
  t.equal(after.accepted('InitiateAuth'), 10)
  t.equal(after.accepted('InitiateAuth'), 0, 'starts take nothing from the answers')
  t.equal(after.accepted(RESPOND), 30)
})

t.test('one user can be read and written ten times a second each', async (t) => {
  const { accepted, accepts, clock } = standing()
  t.equal(accepted('InitiateAuth', of('ada')), 10)
  t.notOk(accepts('AdminGetUser', { Username: 'ada' }), 'reads count together')
  t.notOk(accepts('InitiateAuth', of('ADA')), 'under whatever name')
  t.equal(accepted('AdminUpdateUserAttributes', { Username: 'ada' }), 10, 'writes apart')
  t.ok(accepts('InitiateAuth', of('bob')), 'others have their own')
  clock.advance(100)
  t.equal(accepted('InitiateAuth', of('ada')), 1)
})

t.test('what one user is refused takes nothing from the others', async (t) => {
  const { accepted } = standing({ perUser: 2, categories: { UserAuthentication: 5 } })
  t.equal(accepted('InitiateAuth', of('ada')), 2)
  for (let time = 0; time < 20; time += 1) accepted('InitiateAuth', of('ada'))
  t.equal(accepted('InitiateAuth', of('bob')), 2)
  t.equal(accepted('InitiateAuth', of('cleo')), 1)
})

t.test('nonsense is counted, and judged elsewhere', async (t) => {
  const { accepted } = standing({ categories: { UserRead: 3 } })
  t.equal(accepted('GetUser', { AccessToken: 'no.token' }), 3)
  for (const body of [undefined, 'text', [], { Username: 7 }, { AuthParameters: 'x' }]) {
    t.ok(standing().accepts('InitiateAuth', body))
  }
  t.ok(standing({ perUser: 1 }).accepts('NoSuchOperation'))
})

t.test('counts what was accepted and throttled', async (t) => {
  const { quotas, accepted } = standing({ categories: { UserAuthentication: 2 } })
  accepted('InitiateAuth')
  accepted(RESPOND)
  const counts = quotas.takeCounts()
  t.match(counts, {
    UserAuthentication: { accepted: 2, throttled: 1 },
    [RESPOND]: { accepted: 6, throttled: 1 },
    UserToken: { accepted: 0, throttled: 0 },
  })
  t.match(quotas.takeCounts().UserAuthentication, { accepted: 0, throttled: 0 })
})

t.test('thousands of idle people are forgotten, busy ones are not', async (t) => {
  const { accepts, accepted, clock } = standing({ categories: { UserAuthentication: 1e6 } })
  for (let index = 0; index < 10_000; index += 1) accepts('InitiateAuth', of(`user-${index}`))
  clock.advance(1_000)
  t.equal(accepted('InitiateAuth', of('user-7')), 10)
  t.ok(accepts('InitiateAuth', of('one more')))
  t.notOk(accepts('InitiateAuth', of('user-7')))
})

t.test('what stands in an environment', async (t) => {
  t.equal(readQuotas(undefined), undefined)
  t.equal(readQuotas(''), undefined)
  t.strictSame(readQuotas('default'), { categories: {} })
  t.strictSame(readQuotas('UserAuthentication=2.5, UserToken=7,perUser=1'), {
    categories: { UserAuthentication: 2.5, UserToken: 7 },
    perUser: 1,
  })
  for (const bad of ['on', 'UserRead', 'UserRead=', 'UserRead=0', 'UserRead=-1', 'UserRead=x']) {
    t.throws(() => readQuotas(bad), Error, bad)
  }
  for (const more of ['UserUpdate=26', 'UserList=31', 'perUser=11']) {
    t.throws(() => readQuotas(more), { message: /is not adjustable/ }, more)
  }
})

const getUser = (username: string) =>
  new AdminGetUserCommand({ UserPoolId: poolId, Username: username })

/** How many of the calls are not throttled. */
async function accepted(send: () => Promise<unknown>, calls: number): Promise<number> {
  let count = 0
  for (let call = 0; call < calls; call += 1) {
    const error = await send().then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    if (error?.name !== THROTTLED.name) count += 1
  }
  return count
}

function withQuotas(t: Test, settings: QuotaSettings = {}) {
  return startSubject(t, { quotas: { clock: standingClock(), ...settings } })
}

t.test('without quotas nobody is throttled', async (t) => {
  const { local, cognito } = await startSubject(t)
  local.users.put({ username: 'ann@example.com' })
  const send = () => cognito.send(getUser('ann@example.com'))
  t.equal(await accepted(send, 30), 30)
  t.match(local.quotas.takeCounts().UserRead, { accepted: 30, throttled: 0 })
})

t.test('the SDK is told as Cognito tells it', async (t) => {
  const { local, cognito, start } = await withQuotas(t, { categories: { UserAuthentication: 1 } })
  local.users.put({ username: 'ann@example.com' })
  await start('ann@example.com')
  t.match(await errorOf(start('ann@example.com')), THROTTLED)
  const answer = await fetch(local.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth' },
    body: '{}',
  })
  t.equal(answer.status, 400, 'and not 429 (aws/aws-sdk-java#2301)')
  t.equal(answer.headers.get('x-amzn-errortype'), 'TooManyRequestsException:')
  t.strictSame(await answer.json(), { __type: THROTTLED.name, message: THROTTLED.message })
  t.equal((await cognito.send(getUser('ann@example.com'))).UserStatus, 'CONFIRMED')
})

t.test('a throttled call has done nothing', async (t) => {
  const clock = standingClock()
  const { local, start, answer } = await withQuotas(t, {
    clock,
    categories: { UserAuthentication: 1 },
  })
  local.users.put({ username: 'ann@example.com' })
  const started = await start('ann@example.com')
  for (let time = 0; time < 3; time += 1)
    await answer({ ...started, Session: 'x'.repeat(30) }, 'x').catch(() => {})
  const before = local.triggers.invocations.length
  t.match(await errorOf(answer(started, '123456')), THROTTLED)
  t.equal(local.triggers.invocations.length, before, 'no trigger ran')
  clock.advance(1_000)
  t.ok((await answer(started, '123456')).AuthenticationResult, 'the session is still good')
})

t.test('a call that is not signed uses up nothing', async (t) => {
  const { local, cognito } = await withQuotas(t, { categories: { UserList: 1 } })
  const target = 'AWSCognitoIdentityProviderService.ListUsers'
  const unsigned = () =>
    fetch(local.url, { method: 'POST', headers: { 'x-amz-target': target }, body: '{}' })
  t.match(await (await unsigned()).json(), { __type: 'MissingAuthenticationTokenException' })
  await t.resolves(cognito.send(new ListUsersCommand({ UserPoolId: poolId })))
})

t.test('all names of a user are one user, a token included', async (t) => {
  const { local, cognito, signIn } = await withQuotas(t, { perUser: 3 })
  const { username } = local.users.put({
    username: 'ann@example.com',
    attributes: { email: 'ann@example.com' },
  })
  const { AccessToken } = await signIn('ann@example.com')
  await cognito.send(getUser(username))
  await cognito.send(new GetUserCommand({ AccessToken }))
  t.match(await errorOf(cognito.send(getUser('ANN@example.com'))), THROTTLED)
  t.match(await errorOf(cognito.send(new GetUserCommand({ AccessToken }))), THROTTLED)
  const update = new AdminUpdateUserAttributesCommand({
    UserPoolId: poolId,
    Username: username,
    UserAttributes: [{ Name: 'name', Value: 'Ann' }],
  })
  t.equal(await accepted(() => cognito.send(update), 5), 3)
})

t.test('creating and refreshing have quotas of their own', async (t) => {
  const { local, cognito, signIn } = await withQuotas(t, {
    categories: { UserCreation: 1, UserToken: 2 },
  })
  local.users.put({ username: 'ann@example.com' })
  const { RefreshToken } = await signIn('ann@example.com')
  const refresh = new GetTokensFromRefreshTokenCommand({ ClientId: clientId, RefreshToken })
  t.equal(await accepted(() => cognito.send(refresh), 4), 2)
  let made = 0
  const create = () =>
    cognito.send(
      new AdminCreateUserCommand({ UserPoolId: poolId, Username: `new-${made++}@example.com` }),
    )
  t.equal(await accepted(create, 3), 1)
  t.equal(local.users.list().length, 2)
})

t.test('quotas fill up by the clock of the stand-in', async (t) => {
  const { local, start } = await startSubject(t, {
    quotas: { categories: { UserAuthentication: 0.001 } },
  })
  local.users.put({ username: 'ann@example.com' })
  await start('ann@example.com')
  t.match(await errorOf(start('ann@example.com')), THROTTLED)
  local.clock.advance(1_000_000)
  t.ok((await start('ann@example.com')).Session)
})
