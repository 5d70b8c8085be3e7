import t from 'tap'
import { digests } from '../../src/shared-state/digests.ts'

const KEY = Buffer.alloc(32, 1)

t.test('a digest is the same on every instance and shows nothing', async (t) => {
  const digest = digests(KEY, 'pool|client')('token', 'a-refresh-token')
  t.equal(digests(KEY, 'pool|client')('token', 'a-refresh-token'), digest)
  t.match(digest, /^[\w-]{43}$/)
})

t.test('another key, deployment, purpose or text gives another', async (t) => {
  const all = [
    digests(KEY, 'pool|client')('token', 'a'),
    digests(Buffer.alloc(32, 2), 'pool|client')('token', 'a'),
    digests(KEY, 'pool|other')('token', 'a'),
    digests(KEY, 'pool|client')('user', 'a'),
    digests(KEY, 'pool|client')('proof', 'a'),
    digests(KEY, 'pool|client')('token', 'b'),
  ]
  t.equal(new Set(all).size, all.length)
})
