import t from 'tap'
import { startStack, type Answer, type Stack } from '../support/stack.ts'
import { scene } from './against-both.ts'

const known = { username: 'ada', attributes: { email: 'ada@example.com', email_verified: 'true' } }

/** Everything an onlooker can compare: names, types and sizes, not the random parts. */
function looks({ status, body, headers }: Answer): unknown {
  const shape = (value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith('s1.')) return `session of ${value.length}`
    if (typeof value === 'string' && value.startsWith('eyJ')) return jwtShape(value)
    if (typeof value === 'string' && value.startsWith('http')) return value.replace(/token=.*/, '')
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !['instance', 'requestId'].includes(name))
        .map(([name, inner]) => [name, shape(inner)]),
    )
  }
  return { status, body: shape(body), headers: [...headers.keys()] }
}

function jwtShape(jwt: string): unknown {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return {
    header: Buffer.from(header, 'base64url').toString(),
    claims: [...Object.keys(claims), ...Object.keys(claims.other)],
    tenant: claims.other.tenantId,
    signature: signature.length,
  }
}

/** Start, then three wrong proofs, then one too many. */
async function dance(stack: Stack, identifier: object): Promise<unknown[]> {
  const started = await stack.start(identifier)
  const seen = [looks(started)]
  let { session } = started.body
  const first = session
  for (let round = 0; round < 3; round += 1) {
    const refused = await stack.finish({ session, token: 'wrong' })
    seen.push(looks(refused))
    session = refused.body.retry?.session ?? session
  }
  seen.push(looks(await stack.finish({ session: first, token: 'wrong' })))
  return seen
}

for (const preventUserExistenceErrors of ['LEGACY', 'ENABLED'] as const) {
  for (const contextRound of ['off', 'on'] as const) {
    t.test(
      `unknown, disabled and known users look alike: ${preventUserExistenceErrors}, context round ${contextRound}`,
      async (t) => {
        const stack = await startStack(t, {
          pool: { usernames: 'plain' },
          client: { preventUserExistenceErrors },
          contextRound,
        })
        stack.cognito.users.put(known)
        stack.cognito.users.put({ ...known, username: 'gone', enabled: false })
        stack.cognito.users.put({ ...known, username: 'half', status: 'UNCONFIRMED' })
        const { sub } = stack.cognito.users.put({ ...known, username: 'evil' }).attributes
        stack.authsignal.rules.add({ userId: sub!, outcome: 'BLOCK' })
        // The stand-in's Session has a size of its own, which the process learns from a real answer.
        await stack.start({ username: 'ada' })
        const real = await dance(stack, { username: 'ada' })
        t.strictSame(await dance(stack, { username: 'nobody' }), real, 'unknown')
        t.strictSame(await dance(stack, { username: 'gone' }), real, 'disabled')
        t.strictSame(await dance(stack, { username: 'half' }), real, 'unconfirmed')
        t.strictSame(await dance(stack, { username: 'evil' }), real, 'blocked by a rule')
        t.equal(stack.cognito.users.list().length, 4, 'nothing was created')
      },
    )
  }
}

for (const usernames of ['plain', 'alias'] as const) {
  for (const PROVISIONING of ['create', 'none'] as const) {
    t.test(
      `addresses that are looked up tell no more: ${usernames}, ${PROVISIONING}`,
      async (t) => {
        const stack = await startStack(t, {
          pool: { usernames },
          env: { USERNAME_FORM: 'lookup', PROVISIONING },
        })
        const put = (username: string, email: string, more: object = {}) =>
          stack.cognito.users.put({
            username,
            attributes: { email, email_verified: 'true' },
            ...more,
          })
        put('opaque-1', 'known@example.com')
        put('opaque-2', 'gones@example.com', { enabled: false })
        for (const name of ['opaque-3', 'opaque-4']) {
          put(name, 'share@example.com', { attributes: { email: 'share@example.com' } })
        }
        await stack.start({ email: 'known@example.com' })
        const real = await dance(stack, { email: 'known@example.com' })
        t.strictSame(await dance(stack, { email: 'nobod@example.com' }), real, 'unknown')
        t.strictSame(await dance(stack, { email: 'gones@example.com' }), real, 'disabled')
        t.strictSame(await dance(stack, { email: 'share@example.com' }), real, "nobody's for sure")
        t.equal(stack.cognito.users.list().length, PROVISIONING === 'create' ? 5 : 4)
      },
    )
  }
}

t.test('somebody who calls Cognito directly learns nothing from our triggers', async (t) => {
  const here = await scene(t, 'ours', {
    pool: { usernames: 'plain' },
    client: { clientSecret: '', preventUserExistenceErrors: 'ENABLED' },
  })
  here.cognito.users.put(known)
  const real = (await here.direct.initiate('ada')).parameters
  const nobody = (await here.direct.initiate('nobody')).parameters
  t.strictSame(Object.keys(nobody).toSorted(), Object.keys(real).toSorted())
  t.strictSame(jwtShape(nobody['token']!), jwtShape(real['token']!))
  t.equal(nobody['hint']!.length, real['hint']!.length)
  t.notOk(here.authsignal.users.has('undefined'), 'no user "undefined" at Authsignal')

  const token = await here.user.enrolAndPass(nobody['token']!, 'mallory@example.net')
  t.equal(token, undefined, 'the token of nobody enrols nothing')
  t.strictSame(here.authsignal.messages('mallory@example.net'), [], 'and sends nothing')

  let begun = await here.direct.initiate('nobody')
  for (const _round of [1, 2]) {
    const next = await here.direct.respond(begun, 'wrong')
    begun = { session: next.session!, parameters: next.parameters }
  }
  await t.rejects(here.direct.respond(begun, 'wrong'), { name: 'NotAuthorizedException' })
})

t.test(
  'the published triggers track a user called "undefined" for whoever does not exist',
  async (t) => {
    const here = await scene(t, 'guide', {
      pool: { usernames: 'plain' },
      client: { clientSecret: '', preventUserExistenceErrors: 'ENABLED' },
    })
    await here.direct.initiate('nobody').catch(() => undefined)
    t.ok(here.authsignal.users.has('undefined'))
  },
)

t.test('while Authsignal is down, unknown users fail as known ones do', async (t) => {
  const here = await scene(t, 'ours', {
    pool: { usernames: 'plain' },
    client: { preventUserExistenceErrors: 'ENABLED' },
  })
  here.cognito.users.put(known)
  here.authsignal.faults.add({ operation: '*', fault: { kind: 'answer', status: 500, body: '{}' } })
  const real = await here.start({ username: 'ada' })
  t.equal(real.status, 503)
  t.strictSame(looks(await here.start({ username: 'nobody' })), looks(real))
})

function userIdIn({ body }: Answer): unknown {
  const { token } = body.retry ?? body
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).other
}

t.test('nobody is as constant as somebody: over starts and over retries', async (t) => {
  const stack = await startStack(t, { pool: { usernames: 'plain' } })
  stack.cognito.users.put(known)
  for (const username of ['ada', 'nobody']) {
    const starts = [await stack.start({ username }), await stack.start({ username })]
    const [one, two] = starts.map((answer) => userIdIn(answer) as Record<string, string>)
    t.equal(one!['userId'], two!['userId'], `${username} has one id`)
    t.not(one!['idempotencyKey'], two!['idempotencyKey'], 'each attempt is its own')
    const retry = await stack.finish({ session: starts[0]!.body.session, token: 'wrong' })
    t.strictSame(userIdIn(retry), one, 'a retry goes on with the same attempt')
  }
  const others = [await stack.start({ username: 'x' }), await stack.start({ username: 'y' })]
  const [x, y] = others.map((answer) => userIdIn(answer) as Record<string, string>)
  t.not(x!['userId'], y!['userId'], 'and no two nobodies share one')
})

const BLOCKING = (['off', 'on'] as const).flatMap((contextRound) =>
  (['LEGACY', 'ENABLED'] as const).flatMap((preventUserExistenceErrors) =>
    [['tell', 403] as const, ['hide', 200] as const].map(([BLOCKED_STARTS, status]) => ({
      contextRound,
      preventUserExistenceErrors,
      BLOCKED_STARTS,
      status,
    })),
  ),
)
for (const { contextRound, preventUserExistenceErrors, BLOCKED_STARTS, status } of BLOCKING) {
  t.test(
    `a rule blocks nobody as it blocks somebody: context round ${contextRound}, ${preventUserExistenceErrors}, ${BLOCKED_STARTS}`,
    async (t) => {
      const stack = await startStack(t, {
        contextRound,
        client: { preventUserExistenceErrors },
        env: { PROVISIONING: 'none', BLOCKED_STARTS },
      })
      const email = 'ada@example.com'
      stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })
      const deviceId = 'device-1'
      await stack.start({ email, deviceId })
      stack.authsignal.rules.add(
        contextRound === 'on' ? { deviceId, outcome: 'BLOCK' } : { outcome: 'BLOCK' },
      )
      const real = await stack.start({ email, deviceId })
      t.equal(real.status, status)
      t.strictSame(looks(await stack.start({ email: 'nobody@example.com', deviceId })), looks(real))
    },
  )
}

t.test('a long address does not show in the length of the session', async (t) => {
  const stack = await startStack(t, { pool: { usernames: 'plain' }, env: { PROVISIONING: 'none' } })
  const domain = `${'sub.'.repeat(15)}example.com`
  const email = `ada.lovelace@${domain}`
  stack.cognito.users.put({ username: email, attributes: { email, email_verified: 'true' } })
  const real = await stack.start({ email })
  t.equal(real.status, 200)
  const nobody = await stack.start({ email: `not.lovelace@${domain}` })
  t.strictSame(looks(nobody), looks(real))
})

t.test('a wrong proof of nobody waits as long as the floor', async (t) => {
  const stack = await startStack(t, {
    pool: { usernames: 'plain' },
    env: { START_SIGN_IN_FLOOR_MS: '300' },
  })
  const { body } = await stack.start({ username: 'nobody' })
  const before = performance.now()
  t.equal((await stack.finish({ session: body.session, token: 'wrong' })).status, 401)
  // At least, never at most: a lower bound holds on any machine.
  t.ok(performance.now() - before >= 295)
})
