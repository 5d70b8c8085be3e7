import { ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { errorOf, poolId, startSubject } from '../support.ts'

async function startList(t: Test) {
  const { local, cognito } = await startSubject(t)
  const list = (more: Partial<ListUsersCommand['input']> = {}) =>
    cognito.send(new ListUsersCommand({ UserPoolId: poolId, ...more }))
  const emails = async (Filter: string) =>
    ((await list({ Filter })).Users ?? []).map(
      ({ Attributes }) => Attributes?.find(({ Name }) => Name === 'email')?.Value,
    )
  return { local, list, emails }
}

t.test('filters by equality and by prefix', async (t) => {
  const { local, emails } = await startList(t)
  const ann = local.users.put({ username: 'ann@example.com', attributes: { name: 'A "n" n' } })
  local.users.put({ username: 'anton@example.com', enabled: false })
  local.users.put({ username: 'bob@example.com', status: 'FORCE_CHANGE_PASSWORD' })
  t.strictSame(await emails('email = "ANN@example.com"'), ['ann@example.com'])
  t.strictSame(await emails('email ^= "an"'), ['ann@example.com', 'anton@example.com'])
  t.strictSame(await emails(`sub = "${ann.sub}"`), ['ann@example.com'])
  t.strictSame(await emails(`username="${ann.username}"`), ['ann@example.com'])
  t.strictSame(await emails('username = "ann@example.com"'), [], 'not by address')
  t.strictSame(await emails('name = "A \\"n\\" n"'), ['ann@example.com'])
  t.strictSame(await emails('status = "Disabled"'), ['anton@example.com'])
  t.strictSame(await emails('cognito:user_status = "FORCE_CHANGE_PASSWORD"'), ['bob@example.com'])
  t.equal((await emails('')).length, 3)
})

t.test('refuses filters it cannot read', async (t) => {
  const { emails } = await startList(t)
  for (const filter of ['email', 'email ~ "x"', 'custom:plan = "1"', 'constructor = "1"']) {
    t.match(await errorOf(emails(filter)), { name: 'InvalidParameterException' })
  }
})

t.test('answers page by page, with the attributes asked for', async (t) => {
  const { local, list } = await startList(t)
  for (const name of ['a', 'b', 'c']) local.users.put({ username: `${name}@example.com` })
  const first = await list({ Limit: 2, AttributesToGet: ['email'] })
  t.strictSame(
    first.Users?.map(({ Attributes }) => Attributes),
    [[{ Name: 'email', Value: 'a@example.com' }], [{ Name: 'email', Value: 'b@example.com' }]],
  )
  const second = await list({ Limit: 2, PaginationToken: first.PaginationToken })
  t.equal(second.Users?.length, 1)
  t.equal(second.PaginationToken, undefined)
  t.match(await errorOf(list({ PaginationToken: '?' })), { name: 'InvalidParameterException' })
})
