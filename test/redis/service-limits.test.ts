import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startLocalStack } from '../../local/local-stack.ts'
import { authsignalUser } from '../support/authsignal-user.ts'
import { FREE_PORTS, startService, type ServiceProcess } from '../support/service-process.ts'
import { post, type Answer } from '../support/stack.ts'
import { skip, startRedis } from './redis-server.ts'

const email = 'ada@example.com'
const KEY = { 'idempotency-key': 'c56a4180-65aa-42ec-a945-5fd21dec0538' }

/** Two processes of the built service with one Redis, one pool and one set of keys. */
async function startPair(t: Test, env: Record<string, string>) {
  const redis = await startRedis(t)
  const local = await startLocalStack({ triggersDir: 'dist/triggers' })
  t.teardown(() => local.close())
  const all = { ...local.serviceEnv, ...FREE_PORTS, REDIS_URL: redis.url, ...env }
  const services = [await startService(t, all), await startService(t, all)]
  for (const { admin } of services) while (!(await hasRedis(admin))) await sleep(20)
  const start = (count: number, headers: Record<string, string> = {}) =>
    Promise.all(
      Array.from({ length: count }, (_value, index) =>
        post(`${services[index % 2]!.url}/start-sign-in`, { email }, headers),
      ),
    )
  return { redis, local, services, start }
}

/** Connected is not enough: until Redis has answered, an instance counts for itself. */
async function hasRedis(admin: string): Promise<boolean> {
  return (await (await fetch(`${admin}/metrics`)).text()).includes('\nbff_redis_up 1\n')
}

function ok(answers: Answer[]): number {
  return answers.filter(({ status }) => status === 200).length
}

async function untilBothAre(what: string, services: ServiceProcess[]): Promise<void> {
  while (!services.every(({ output }) => output().includes(what))) await sleep(20)
}

t.test(
  'limits hold across two, each on its own without Redis, then across',
  { skip },
  async (t) => {
    const { redis, services, start } = await startPair(t, { RATE_LIMIT_IDENTIFIER: '3/36000' })
    const answers = await start(10)
    t.equal(ok(answers), 3)
    t.ok(answers.every(({ status }) => status === 200 || status === 429))
    await redis.kill()
    await untilBothAre('Redis is away', services)
    t.equal(ok(await start(10)), 6, 'sign-in goes on, within the limits of each')
    await redis.start()
    await untilBothAre('Redis is back', services)
    t.equal(ok(await start(10)), 3)
    for (const { output } of services) t.equal(output().match(/Redis is away/g)?.length, 1)
  },
)

t.test('twenty taps at two instances are one action and one message', { skip }, async (t) => {
  const { redis, local, services, start } = await startPair(t, { RATE_LIMIT_IDENTIFIER: 'off' })
  const answers = await start(20, KEY)
  t.equal(ok(answers), 20)
  const sessions = new Set(answers.map(({ body }) => body.session))
  t.equal(sessions.size, 1)
  const tokens = new Set(answers.map(({ body }) => body.token))
  t.equal(tokens.size, 1)
  t.equal(local.authsignal.messages(email).length, 0)
  const [session = ''] = sessions
  const [challenge = ''] = tokens
  const token = await authsignalUser(local.authsignal).pass(challenge, email)
  t.equal(local.authsignal.messages(email).length, 1)
  const everything = [...(await redis.contents())].flat().join(' ')
  t.match(everything, 'bff:start:')
  for (const secret of [
    KEY['idempotency-key'],
    email,
    session.slice(3, 40),
    challenge.slice(-40),
  ]) {
    t.notOk(everything.includes(secret))
  }
  const finished = await post(`${services[1]!.url}/finish-sign-in`, { session, token })
  t.equal(finished.status, 200)
})
