import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  startLocalStack,
  type LocalStack,
  type LocalStackOptions,
} from '../../local/local-stack.ts'
import { SHARED_FOR_MS } from '../../src/shared-state/kept-answers.ts'
import { authsignalUser } from '../support/authsignal-user.ts'
import { passkeyUser } from '../support/passkey-user.ts'
import { FREE_PORTS, startService, type ServiceProcess } from '../support/service-process.ts'
import { post, type Answer } from '../support/stack.ts'
import { skip, startRedis, type RedisServer } from './redis-server.ts'

const email = 'ada@example.com'
const REFRESH = 'GetTokensFromRefreshToken'
const rotating = (retryGracePeriodSeconds: number): LocalStackOptions['client'] => ({
  refreshTokenRotation: { retryGracePeriodSeconds },
  explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
})

/** Two processes of the built service with one Redis, one pool and one set of keys. */
interface Pair {
  local: LocalStack
  redis: RedisServer
  services: [ServiceProcess, ServiceProcess]
  /** Tokens of a new sign-in. */
  signIn: () => Promise<{ accessToken: string; refreshToken: string; idToken: string }>
  /** As many refreshes of one token at once, shared out evenly. */
  refresh: (refreshToken: string, count?: number) => Promise<Answer[]>
  /** How many refreshes have reached Cognito since the last look. */
  calls: () => number
}

async function startPair(t: Test, client: LocalStackOptions['client'] = {}): Promise<Pair> {
  const redis = await startRedis(t)
  const local = await startLocalStack({ triggersDir: 'dist/triggers', client })
  t.teardown(() => local.close())
  // Hundreds of refreshes of one token are what is tested here.
  const env = {
    ...local.serviceEnv,
    ...FREE_PORTS,
    REDIS_URL: redis.url,
    RATE_LIMIT_SESSION: 'off',
  }
  const services: Pair['services'] = [await startService(t, env), await startService(t, env)]
  await untilConnected(redis, 2)
  return {
    local,
    redis,
    services,
    async signIn() {
      const { body } = await post(`${services[0].url}/start-sign-in`, { email })
      const token = await authsignalUser(local.authsignal).pass(body.token, email)
      return (await post(`${services[1].url}/finish-sign-in`, { session: body.session, token }))
        .body
    },
    refresh: (refreshToken, count = 100) =>
      Promise.all(
        Array.from({ length: count }, (_value, index) =>
          post(`${services[index % 2]!.url}/refresh`, { refreshToken }),
        ),
      ),
    calls: () =>
      local.cognito.calls.splice(0).filter(({ operation }) => operation === REFRESH).length,
  }
}

async function untilConnected(redis: RedisServer, count: number): Promise<void> {
  // The connection that asks is one more.
  while ((await clientsOf(redis)) < count + 1) await sleep(20)
}

async function clientsOf(redis: RedisServer): Promise<number> {
  return String(await redis.command('CLIENT', 'LIST'))
    .trim()
    .split('\n').length
}

function statusesOf(answers: Answer[]): number[] {
  return [...new Set(answers.map(({ status }) => status))]
}

function different(answers: Answer[]): number {
  return new Set(answers.map(({ body }) => JSON.stringify(body))).size
}

for (const [name, client] of [
  ['off', {}],
  ['on, no grace', rotating(0)],
] as const) {
  t.test(`100 refreshes at two instances are one call: rotation ${name}`, { skip }, async (t) => {
    const { signIn, refresh, calls, redis } = await startPair(t, client)
    const { refreshToken } = await signIn()
    const answers = await refresh(refreshToken)
    t.strictSame(statusesOf(answers), [200])
    t.equal(different(answers), 1)
    t.equal(calls(), 1)
    const [{ body }] = answers as [Answer]
    const everything = [...(await redis.contents())].flat().join(' ')
    t.match(everything, 'bff:refresh:')
    for (const token of [refreshToken, body.accessToken, body.idToken, body.refreshToken]) {
      t.notOk(everything.includes(token.slice(0, 40)))
      t.notOk(everything.includes(token.slice(-40)))
      t.notOk(everything.includes(Buffer.from(token).toString('base64url').slice(0, 40)))
    }
    t.strictSame(statusesOf(await refresh(body.refreshToken)), [200], 'nobody was signed out')
  })
}

t.test('a token used again after the ten seconds is refused, by each', { skip }, async (t) => {
  const { signIn, refresh } = await startPair(t, rotating(0))
  const { refreshToken } = await signIn()
  t.strictSame(statusesOf(await refresh(refreshToken, 2)), [200])
  await sleep(SHARED_FOR_MS + 100)
  const answers = await refresh(refreshToken, 10)
  t.strictSame(statusesOf(answers), [401])
  t.ok(answers.every(({ body }) => body.code === 'invalid_token'))
})

t.test('after a sign-out at one instance each refuses, at once', { skip }, async (t) => {
  const { signIn, refresh, services } = await startPair(t)
  const [one, other] = services
  const { refreshToken } = await signIn()
  t.strictSame(statusesOf(await refresh(refreshToken, 2)), [200])
  t.equal((await post(`${one.url}/sign-out`, { refreshToken })).status, 204)
  for (const _time of [1, 2]) {
    const answers = await refresh(refreshToken)
    t.strictSame(statusesOf(answers), [401])
    t.ok(answers.every(({ body }) => body.code === 'invalid_token'))
  }
  const again = await signIn()
  const [{ body }] = (await refresh(again.refreshToken, 2)) as [Answer]
  const authorization = `Bearer ${body.accessToken}`
  const out = await post(`${other.url}/sign-out-everywhere`, undefined, { authorization })
  t.equal(out.status, 204)
  t.strictSame(statusesOf(await refresh(again.refreshToken)), [401])
})

for (const [name, client] of [
  ['off', {}],
  ['on, with a grace period', rotating(60)],
] as const) {
  t.test(`Redis killed amid refreshes costs no answer: rotation ${name}`, { skip }, async (t) => {
    const { signIn, refresh, calls, local, redis, services } = await startPair(t, client)
    const { refreshToken } = await signIn()
    local.cognito.faults.add({ operation: REFRESH, fault: { kind: 'delay', ms: 500 }, times: 2 })
    const amid = refresh(refreshToken)
    while (local.cognito.calls.every(({ operation }) => operation !== REFRESH)) await sleep(5)
    await redis.kill()
    t.strictSame(statusesOf(await amid), [200])
    t.strictSame(statusesOf(await refresh(refreshToken)), [200], 'and goes on')
    await redis.start()
    await untilConnected(redis, 2)
    const next = (await signIn()).refreshToken
    calls()
    t.strictSame(statusesOf(await refresh(next)), [200])
    t.equal(calls(), 1, 'and is used again')
    for (const { output } of services) {
      t.equal(output().match(/Redis is away/g)?.length, 1)
      t.equal(output().match(/Redis is back/g)?.length, 1)
      t.notMatch(output(), redis.url)
    }
  })
}

t.test('an instance killed amid a refresh leaves it to the other', { skip }, async (t) => {
  const { signIn, local, services } = await startPair(t)
  const [one, other] = services
  const { refreshToken } = await signIn()
  local.cognito.faults.add({ operation: REFRESH, fault: { kind: 'hang' }, times: 1 })
  const lost = post(`${one.url}/refresh`, { refreshToken }).catch(() => 'lost')
  while (local.cognito.calls.every(({ operation }) => operation !== REFRESH)) await sleep(5)
  const taken = post(`${other.url}/refresh`, { refreshToken })
  one.child.kill('SIGKILL')
  t.equal(await lost, 'lost')
  t.equal((await taken).status, 200)
})

t.test('a passkey proof counts once at both together, never without Redis', { skip }, async (t) => {
  const { signIn, local, redis, services } = await startPair(t)
  const { body } = await post(`${services[0].url}/start-sign-in`, { email })
  const passkeys = passkeyUser(local)
  const credential = await passkeys.create(
    await authsignalUser(local.authsignal).pass(body.token, email),
  )
  const use = (token: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_value, index) =>
        post(`${services[index % 2]!.url}/passkey-sign-in`, { token }),
      ),
    )
  const answers = await use(await passkeys.use(credential), 20)
  t.equal(answers.filter(({ status }) => status === 200).length, 1)
  t.equal(answers.filter(({ status }) => status === 401).length, 19)

  const token = await passkeys.use(credential)
  await redis.kill()
  await untilBothAre('Redis is away', services)
  const without = await use(token, 4)
  t.strictSame(statusesOf(without), [503])
  t.match(without[0]!.body, { code: 'upstream_unavailable', retryAfter: 5 })
  t.ok((await signIn()).accessToken, 'a sign-in by code goes on')
  await redis.start()
  await untilBothAre('Redis is back', services)
  t.equal((await use(token, 1))[0]!.status, 200, 'and the proof was not used up')
})

t.test('starts without Redis, takes it when it comes, and stops', { skip }, async (t) => {
  const redis = await startRedis(t)
  await redis.kill()
  const local = await startLocalStack({ triggersDir: 'dist/triggers' })
  t.teardown(() => local.close())
  const env = { ...local.serviceEnv, ...FREE_PORTS, REDIS_URL: redis.url }
  const service = await startService(t, env)
  t.equal((await fetch(`${service.admin}/health/ready`)).status, 200)
  t.equal((await post(`${service.url}/start-sign-in`, { email })).status, 200)
  await redis.start()
  await untilConnected(redis, 1)
  const stopped = once(service.child, 'exit')
  service.child.kill('SIGTERM')
  t.strictSame(await stopped, [0, null])
  t.equal(await clientsOf(redis), 1, 'the one that asks')
})

t.test('stops while Redis is away', { skip }, async (t) => {
  const redis = await startRedis(t)
  await redis.kill()
  const local = await startLocalStack({ triggersDir: 'dist/triggers' })
  t.teardown(() => local.close())
  const env = { ...local.serviceEnv, ...FREE_PORTS, REDIS_URL: redis.url }
  const service = await startService(t, env)
  await untilBothAre('Redis is away', [service])
  const stopped = once(service.child, 'exit')
  service.child.kill('SIGTERM')
  t.strictSame(await stopped, [0, null])
})

async function untilBothAre(what: string, services: ServiceProcess[]): Promise<void> {
  while (!services.every(({ output }) => output().includes(what))) await sleep(20)
}
