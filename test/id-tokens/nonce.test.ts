import { createHash } from 'node:crypto'
import t from 'tap'
import { nonceFits } from '../../src/id-tokens/nonce.ts'

const nonce = 'n-0S6_WzA2Mj'
const hash = (encoding: 'hex' | 'base64url') => createHash('sha256').update(nonce).digest(encoding)

t.test('fits when it is the hash of the nonce of the request', (t) => {
  for (const policy of ['required', 'optional'] as const) {
    t.ok(nonceFits(policy, hash('hex'), nonce))
  }
  t.end()
})

t.test('fits as it is only where it is optional: it can be read in a stolen token', (t) => {
  t.ok(nonceFits('optional', nonce, nonce))
  t.notOk(nonceFits('required', nonce, nonce))
  t.notOk(nonceFits('required', hash('hex'), hash('hex')))
  t.end()
})

t.test('fits nothing else, under either policy', (t) => {
  for (const policy of ['required', 'optional'] as const) {
    for (const [claim, given] of [
      [nonce, undefined],
      [nonce, ''],
      [nonce, `${nonce}x`],
      [nonce, nonce.toLowerCase()],
      [nonce, hash('hex')],
      [hash('hex').toUpperCase(), nonce],
      [hash('base64url'), nonce],
      ['', ''],
      ['', undefined],
      [undefined, nonce],
      [null, undefined],
      [null, 'null'],
      [1, '1'],
      [[nonce], nonce],
      [{}, '[object Object]'],
      [false, undefined],
    ] as const) {
      t.notOk(nonceFits(policy, claim, given), `${JSON.stringify(claim)} for ${given}`)
    }
  }
  t.end()
})

t.test('may be missing on both sides only where it is optional', (t) => {
  t.ok(nonceFits('optional', undefined, undefined))
  t.notOk(nonceFits('required', undefined, undefined))
  t.end()
})
