import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startLocalStack } from '../../local/local-stack.ts'
import { skip, startRedis } from '../redis/redis-server.ts'
import { FREE_PORTS, startService, type ServiceProcess } from '../support/service-process.ts'
import { WITHOUT_LIMITS } from '../support/config.ts'
import { tableOf, visitors } from './visitors.ts'

const PHASE_MS = 8_000

t.test(
  'two instances keep every promise while Redis and one of them are killed under load',
  { skip, timeout: 240_000 },
  async (t) => {
    const redis = await startRedis(t)
    // As Cognito is set up where refresh tokens are exchanged for new ones, without any grace.
    const local = await startLocalStack({
      triggersDir: 'dist/triggers',
      client: {
        refreshTokenRotation: { retryGracePeriodSeconds: 10 },
        explicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      },
    })
    t.teardown(() => local.close())
    const env = { ...local.serviceEnv, ...FREE_PORTS, ...WITHOUT_LIMITS, REDIS_URL: redis.url }
    const first = await startService(t, env)
    let second = await startService(t, env)
    let balanced: readonly ServiceProcess[] = [first, second]
    const all = visitors({
      local,
      instances: () => balanced.map(({ url }) => url),
      mayFailWith: () => [503],
    })

    all.come(8)
    const signedInDuring = async (phase: string) => {
      const before = all.report.signIns
      await sleep(PHASE_MS)
      t.ok(all.report.signIns > before, `people sign in: ${phase}`)
    }
    await signedInDuring('all is well')
    await redis.kill()
    await signedInDuring('Redis is away')
    await redis.start()
    await signedInDuring('Redis is back')
    t.equal(all.report.brokenOff, 0, 'nobody was cut off so far')
    second.child.kill('SIGKILL')
    // The load balancer takes a moment to notice.
    await sleep(500)
    balanced = [first]
    await signedInDuring('one instance is left')
    second = await startService(t, env)
    balanced = [first, second]
    await signedInDuring('a new one has come')
    await all.leave()

    t.comment(tableOf(all.report))
    t.strictSame(all.report.broken, [], 'no promise was broken')
    for (const { output, child } of [first, second]) {
      t.notMatch(output(), /"level":"(error|fatal)"/)
      child.kill('SIGTERM')
      t.strictSame(await once(child, 'exit'), [0, null], 'and stops in order')
    }
  },
)
