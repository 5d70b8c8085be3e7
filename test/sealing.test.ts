import t from 'tap'
import { keyRingSealer } from '../src/sealing.ts'

// The sealed session's tests say what a change of any kind leads to.
const KEY = Buffer.alloc(32, 1)

t.test('what is sealed opens in its own place only', async (t) => {
  const sealed = keyRingSealer([KEY], 'a1.', 'here').seal('text')
  t.equal(keyRingSealer([KEY], 'a1.', 'here').open(sealed), 'text')
  t.equal(keyRingSealer([KEY], 'a1.', 'there').open(sealed), undefined)
  t.equal(keyRingSealer([KEY], 'b1.', 'here').open(sealed), undefined)
  t.equal(keyRingSealer([KEY], 'b1.', 'here').open(sealed.replace('a1.', 'b1.')), undefined)
  t.equal(keyRingSealer([Buffer.alloc(32, 2)], 'a1.', 'here').open(sealed), undefined)
})

t.test('opens nothing that is cut short or none of ours', async (t) => {
  const sealer = keyRingSealer([KEY], 'a1.', 'here')
  const sealed = sealer.seal('')
  t.equal(sealer.open(sealed), '')
  for (let length = 0; length < sealed.length; length++) {
    t.equal(sealer.open(sealed.slice(0, length)), undefined)
  }
  t.equal(sealer.open(`${sealed}A`), undefined)
})
