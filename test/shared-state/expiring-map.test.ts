import t from 'tap'
import { ExpiringMap } from '../../src/shared-state/expiring-map.ts'

function mapWith(limit = 10) {
  let now = 0
  const map = new ExpiringMap<string>({ livesForMs: 100, limit, now: () => now })
  return { map, at: (ms: number) => (now = ms) }
}

t.test('an entry is there until the millisecond before its time is up', async (t) => {
  const { map, at } = mapWith()
  map.set('a', '1')
  at(99)
  t.equal(map.get('a'), '1')
  at(100)
  t.equal(map.get('a'), undefined)
})

t.test('an entry that is set again lives anew', async (t) => {
  const { map, at } = mapWith()
  map.set('a', '1')
  map.set('b', '1')
  at(50)
  map.set('a', '2')
  at(100)
  t.equal(map.get('a'), '2')
  t.equal(map.get('b'), undefined, 'though it stands behind one that lives')
})

t.test('one entry too many drops the oldest', async (t) => {
  const { map } = mapWith(2)
  for (const key of ['a', 'b', 'c']) map.set(key, key)
  t.strictSame(
    ['a', 'b', 'c'].map((key) => map.get(key)),
    [undefined, 'b', 'c'],
  )
})

t.test('is full of what lives, not of what has expired', async (t) => {
  const { map, at } = mapWith(2)
  map.set('a', '1')
  t.equal(map.isFull, false)
  map.set('b', '1')
  t.equal(map.isFull, true)
  at(100)
  t.equal(map.isFull, false)
})
