import t from 'tap'
import { countedAddress } from '../../src/limits/counted-address.ts'

t.test('an IPv4 address counts by itself, however it is written', (t) => {
  for (const spelling of [
    '203.0.113.7',
    '::ffff:203.0.113.7',
    '::FFFF:cb00:7107',
    '0:0:0:0:0:ffff:203.0.113.7',
    '64:ff9b::203.0.113.7',
    '64:ff9b::cb00:7107',
  ]) {
    t.equal(countedAddress(spelling), '203.0.113.7', spelling)
  }
  t.not(countedAddress('203.0.113.8'), '203.0.113.7')
  t.end()
})

t.test('an IPv6 address counts by its network, however it is written', (t) => {
  for (const spelling of [
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002:0:0:0:9',
    '2001:db8:1:2::203.0.113.7',
    '2001:db8:1:2::1%eth0',
  ]) {
    t.equal(countedAddress(spelling), '2001:db8:1:2::/64', spelling)
  }
  t.equal(countedAddress('2001:db8:1:3::1'), '2001:db8:1:3::/64')
  t.equal(countedAddress('2001:db8::1'), '2001:db8:0:0::/64')
  t.equal(countedAddress('2001:db8::'), '2001:db8:0:0::/64')
  t.equal(countedAddress('::1'), '0:0:0:0::/64')
  t.equal(countedAddress('fe80::1%lo0'), 'fe80:0:0:0::/64')
  t.end()
})

t.test('what is no address is one account', (t) => {
  t.equal(countedAddress(''), '')
  t.equal(countedAddress('unknown'), 'unknown')
  t.end()
})
