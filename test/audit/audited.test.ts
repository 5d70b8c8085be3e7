import t, { type Test } from 'tap'
import type { UseCases } from '../../src/app.ts'
import { audited } from '../../src/audit/audited.ts'
import { EVENTS, type AuditEvent } from '../../src/audit/events.ts'
import { PLAIN_STORIES } from '../../src/audit/stories.ts'
import { ServiceError } from '../../src/errors.ts'
import { note, servingRequest } from '../../src/request-context.ts'

/** What one call leaves, in a request of its own. */
async function tellOf<Name extends keyof UseCases>(
  name: Name,
  given: Parameters<UseCases[Name]>,
  work: (...given: Parameters<UseCases[Name]>) => unknown,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = []
  const useCases = { [name]: async (...args: typeof given) => work(...args) } as unknown as UseCases
  const all = audited(useCases, (event) => void events.push(event), Buffer.alloc(32, 1))
  const call = all[name] as (...args: typeof given) => Promise<unknown>
  const signal = new AbortController().signal
  const context = { id: 'request-1', priority: 'finish', signal } as const
  await servingRequest(context, () => call(...given)).catch(() => {})
  return events
}

const names = (events: AuditEvent[]) => events.map(({ event }) => event)
const tokenOf = (idempotencyKey: unknown) =>
  `e30.${Buffer.from(JSON.stringify({ other: { idempotencyKey } })).toString('base64url')}.x`
const fail = (error: unknown) => () => {
  throw error
}

t.test('what goes wrong says whose affair it is', async (t) => {
  for (const [error, wanted] of [
    [new ServiceError('challenge_failed'), { event: 'sign_in_failed', outcome: 'refused' }],
    [new ServiceError('sign_in_blocked'), { event: 'sign_in_blocked', outcome: 'blocked' }],
    [new ServiceError('upstream_timeout'), { event: 'sign_in_failed', outcome: 'error' }],
    [new ServiceError('too_many_requests'), { event: 'sign_in_failed', outcome: 'refused' }],
    [new TypeError('ada@example.com'), { outcome: 'error', code: 'internal_error' }],
    ['no error at all', { outcome: 'error', code: 'internal_error' }],
  ] as const) {
    const [event, ...rest] = await tellOf(
      'finishSignIn',
      [{ session: 's', token: 't' }],
      fail(error),
    )
    t.match(event, wanted)
    t.strictSame(rest, [])
    t.notMatch(JSON.stringify(event), 'ada@')
  }
})

t.test('the use case answers and fails as it would without', async (t: Test) => {
  const error = new ServiceError('sign_in_blocked')
  const useCases = { signOut: () => Promise.reject(error) } as unknown as UseCases
  const all = audited(useCases, () => {}, Buffer.alloc(32))
  await t.rejects(all.signOut('token'), error)
})

t.test('a start is told before anything is done, whatever becomes of it', async (t) => {
  const seen: string[] = []
  const events = await tellOf('startSignIn', [{ email: ' Ada@Example.com' }], () => {
    seen.push('work')
    throw new ServiceError('redirect_url_not_allowed')
  })
  t.strictSame(names(events), ['sign_in_started', 'sign_in_failed'])
  t.match(events[0], { facts: { identifierKind: 'email', typed: /^[\w-]{43}$/ } })
  const [same] = await tellOf('startSignIn', [{ email: 'ada@example.com' }], fail('x'))
  t.equal(events[0]?.facts.typed, same?.facts.typed)
  const [none] = await tellOf('startSignIn', [{ email: 'no address' }], fail('x'))
  t.strictSame(none?.facts, {})
})

t.test('a block that the client is not told of is one for the audit', async (t) => {
  const started = { session: 's1.x', token: 'a.b.c', expiresIn: 180 }
  const events = await tellOf('startSignIn', [{ email: 'ada@example.com' }], () => {
    note({ isBlocked: true })
    return started
  })
  t.match(events.at(-1), { event: 'sign_in_blocked', outcome: 'blocked', hidden: true })
})

t.test('what a token names that is no name is not believed', async (t) => {
  for (const [key, wanted] of [
    ['bff-abc', 'bff-abc'],
    ['ada@example.com', undefined],
    ['+6421234567', undefined],
    ['x\n{"audit":true}', undefined],
    ['x'.repeat(65), undefined],
    [{ a: 1 }, undefined],
    [undefined, undefined],
  ]) {
    const started = { session: 's', token: tokenOf(key), expiresIn: 1 }
    const events = await tellOf('startSignIn', [{ email: 'ada@example.com' }], () => started)
    t.equal(events.at(-1)?.facts.idempotencyKey, wanted)
  }
})

t.test('every story tells of events that there are', (t) => {
  for (const { done, failed } of Object.values(PLAIN_STORIES)) {
    t.ok(Object.hasOwn(EVENTS, done), done)
    t.ok(Object.hasOwn(EVENTS, failed), failed)
  }
  t.end()
})
