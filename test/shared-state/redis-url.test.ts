import t from 'tap'
import { parseRedisUrl } from '../../src/shared-state/redis-url.ts'

t.test('takes what the client can connect to', async (t) => {
  for (const url of [
    'redis://localhost',
    'redis://localhost:6379/0',
    'rediss://user:p%40ss@cache.example.com:6380/15',
    'redis://:only-a-password@10.0.0.1',
    'redis://[::1]:6379',
  ]) {
    t.equal(parseRedisUrl(url), url)
  }
})

t.test('refuses the rest without quoting it', async (t) => {
  for (const url of [
    '',
    'secret-host:6379',
    'https://secret-host',
    'redis:secret-host',
    'redis:///0',
    'redis://secret-host/cache',
    'redis://secret-host/0/1',
    'redis://:100%secret@host',
    'redis://us%er:secret@host',
  ]) {
    t.throws(
      () => parseRedisUrl(url),
      { message: /^must be a Redis URL such as (?!.*secret)/ },
      url,
    )
  }
})
