import t from 'tap'
import { shownAddress } from '../../src/audit/shown-address.ts'

const digest = (text: string) => `digest of ${text}`

t.test('an address shows as much as the operator wants', (t) => {
  const cases = {
    off: [undefined, undefined, undefined],
    digest: ['digest of 203.0.113.9', 'digest of 203.0.113.9', 'digest of 2001:db8:0:7::/64'],
    truncated: ['203.0.113.0/24', '203.0.113.0/24', '2001:db8:0::/48'],
    full: ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8:0:7::1'],
  } as const
  for (const [detail, wanted] of Object.entries(cases)) {
    const show = shownAddress(detail as keyof typeof cases, digest)
    const shown = ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8:0:7::1'].map(show)
    t.strictSame(shown, wanted, detail)
  }
  t.end()
})

t.test('addresses of one /64 are one client, and those of another are not', (t) => {
  const show = shownAddress('digest', digest)
  t.equal(show('2001:db8:0:7::1'), show('2001:DB8::7:ffff:ffff:ffff:ffff'))
  t.not(show('2001:db8:0:7::1'), show('2001:db8:0:8::1'))
  t.end()
})

t.test('what is no address is not shown, in any detail', (t) => {
  for (const detail of ['off', 'digest', 'truncated', 'full'] as const) {
    for (const text of [undefined, '', 'unknown', 'ada@example.com', '1.2.3.4:80']) {
      t.equal(shownAddress(detail, digest)(text), undefined)
    }
  }
  t.end()
})
