import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { lookAtRedis } from '../../src/doctor/look/redis.ts'
import { freePort } from '../../scripts/free-port.ts'
import { skip, startRedis } from './redis-server.ts'

const withUser = (url: string, credentials: string) => url.replace('//', `//${credentials}@`)

t.test('a Redis as it should be', { skip }, async (t) => {
  const redis = await startRedis(t)
  t.strictSame(await lookAtRedis(redis.url), {
    seen: { denied: [], evictionPolicy: 'noeviction', isCluster: false },
  })
  t.strictSame(
    [...(await redis.contents()).keys()].filter((key) => key !== 'bff:probe'),
    [],
    'leaves nothing but what a connecting service leaves for a second',
  )
})

t.test('one that evicts', { skip }, async (t) => {
  const redis = await startRedis(t, '--maxmemory-policy', 'allkeys-lru')
  t.match(await lookAtRedis(redis.url), { seen: { evictionPolicy: 'allkeys-lru' } })
})

t.test('one in cluster mode, and one that is a replica', { skip }, async (t) => {
  // Its own choice, ten thousand above the other, may be taken.
  const busPort = ['--cluster-port', String(await freePort())]
  const settings = ['--cluster-enabled', 'yes', ...busPort, '--dir', t.testdir()]
  const cluster = await startRedis(t, ...settings)
  t.strictSame(await lookAtRedis(cluster.url), { seen: { refused: 'CLUSTERDOWN' } })
  await cluster.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!String(await cluster.command('CLUSTER', 'INFO')).includes('state:ok')) await sleep(20)
  t.match(await lookAtRedis(cluster.url), { seen: { isCluster: true } })
  const primary = await startRedis(t)
  const replica = await startRedis(t, '--replicaof', '127.0.0.1', new URL(primary.url).port)
  t.strictSame(await lookAtRedis(replica.url), { seen: { refused: 'READONLY' } })
})

t.test('one that does not let us in, or not do everything', { skip }, async (t) => {
  const redis = await startRedis(t, '--requirepass', 'secret')
  t.strictSame(await lookAtRedis(redis.url), { seen: { refused: 'NOAUTH' } })
  t.strictSame(await lookAtRedis(withUser(redis.url, ':wrong')), { seen: { refused: 'WRONGPASS' } })

  const limited = await startRedis(t)
  await limited.command('ACL', 'SETUSER', 'bff', 'on', '>pw', '~bff:*', '+@all', '-eval', '-info')
  t.strictSame(await lookAtRedis(withUser(limited.url, 'bff:pw')), {
    seen: { denied: ['EVAL'], evictionPolicy: undefined, isCluster: false },
  })
})

t.test('one that is away, or hangs', { skip }, async (t) => {
  const redis = await startRedis(t)
  redis.pause()
  t.match(await lookAtRedis(redis.url), { unseen: /^Redis: / })
  redis.resume()
  await redis.kill()
  t.strictSame(await lookAtRedis(redis.url), { unseen: 'Redis: ECONNREFUSED' })
})
