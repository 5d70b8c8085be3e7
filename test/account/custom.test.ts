import t from 'tap'
import { readCustom } from '../../src/account/custom.ts'

t.test('flat data points go on as they are', (t) => {
  const custom = { amount: 120.5, currency: 'NZD', 'is-gift': false, 'a.b_c': 'x'.repeat(256) }
  t.strictSame(readCustom(custom), custom)
  t.strictSame(readCustom({}), {})
  t.end()
})

t.test('anything else is refused, without a word of what was sent', (t) => {
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`k${index}`, 1]))
  for (const given of [
    { a: null },
    { a: {} },
    { a: [] },
    { a: undefined },
    { '': 1 },
    { 'a b': 1 },
    { é: 1 },
    { ['x'.repeat(65)]: 1 },
    { a: 'x'.repeat(257) },
    JSON.parse('{"__proto__":{"a":1}}'),
    many,
  ]) {
    t.throws(() => readCustom(given), {
      code: 'invalid_request',
      errors: [{ pointer: '/custom' }],
    })
  }
  t.end()
})
