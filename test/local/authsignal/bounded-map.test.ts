import t from 'tap'
import { BoundedMap } from '../../../local/authsignal/store/bounded-map.ts'

t.test('a full map drops its oldest entry', (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4)
  t.strictSame(
    [...map],
    [
      ['b', 2],
      ['c', 4],
    ],
  )
  t.end()
})
