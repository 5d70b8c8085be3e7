import t from 'tap'
import { parseFinishedShare, parseRate } from '../../src/limits/rate.ts'

t.test('a rate is a count and seconds, or off', (t) => {
  t.strictSame(parseRate('100/60'), { count: 100, seconds: 60 })
  t.strictSame(parseRate('1/86400'), { count: 1, seconds: 86_400 })
  t.equal(parseRate('off'), undefined)
  t.strictSame(parseFinishedShare('50/3600/10'), { count: 50, seconds: 3600, percent: 10 })
  t.equal(parseFinishedShare('off'), undefined)
  t.end()
})

t.test('anything else is refused', (t) => {
  for (const text of [undefined, '', '0/60', '1/0', '1/86401', '1e3/60', '-1/60', '1/60/', '1']) {
    t.throws(() => parseRate(text), { message: /^must be / }, String(text))
  }
  for (const text of [undefined, '', '50/3600', '50/3600/0', '50/3600/101', '0/3600/10']) {
    t.throws(() => parseFinishedShare(text), { message: /^must be / }, String(text))
  }
  t.end()
})
